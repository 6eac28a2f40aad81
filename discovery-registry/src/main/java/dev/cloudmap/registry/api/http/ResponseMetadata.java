package dev.cloudmap.registry.api.http;

/**
 * The values of the headers that every response has.
 *
 * @param requestId the id of the request
 * @param revision the revision that was visible to lookups when the request arrived, from
 * which a client can watch without missing a change
 */
public record ResponseMetadata(String requestId, long revision) {

}
