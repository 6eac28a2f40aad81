package dev.cloudmap.registry.state.model;

/**
 * The types of DNS records that a service can have.
 */
public enum RecordType {

	A, AAAA, SRV, CNAME

}
