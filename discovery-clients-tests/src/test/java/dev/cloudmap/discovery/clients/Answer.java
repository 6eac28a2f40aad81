package dev.cloudmap.discovery.clients;

/**
 * What came of a request.
 *
 * @param status the HTTP status
 * @param body the body; empty if there is none
 */
record Answer(int status, String body) {
}
