package dev.cloudmap.discovery.clients;

/**
 * The answer to a request.
 *
 * @param status the HTTP status
 * @param body the body; empty if there is none
 */
record Answer(int status, String body) {
}
