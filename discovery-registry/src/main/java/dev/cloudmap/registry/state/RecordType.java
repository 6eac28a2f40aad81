package dev.cloudmap.registry.state;

/**
 * The types of DNS records that a service can have.
 */
public enum RecordType {

	A, AAAA, SRV, CNAME

}
