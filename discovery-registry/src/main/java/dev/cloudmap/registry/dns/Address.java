package dev.cloudmap.registry.dns;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Name;

/**
 * An IPv4 or IPv6 address as two numbers. An IPv4 address is the IPv6 address that it is
 * mapped to (RFC 4291, section 2.5.5.2), of which there are no AAAA records.
 *
 * @param high the first 64 bits
 * @param low the last 64 bits
 */
record Address(long high, long low) implements Comparable<Address> {

	private static final Name IN_ADDR_ARPA = Name.fromConstantString("in-addr.arpa.");

	private static final Name IP6_ARPA = Name.fromConstantString("ip6.arpa.");

	/** How many labels an IPv4 address has in front of its ending (RFC 1035, 3.5). */
	private static final int OCTETS = 4;

	private static final int MAX_OCTET = 255;

	/** How many labels an IPv6 address has in front of its ending (RFC 3596, 2.5). */
	private static final int NIBBLES = 32;

	private static final int NIBBLES_OF_LONG = 16;

	private static final int BITS_OF_NIBBLE = 4;

	private static final long MAPPED = 0xFFFF_0000_0000L;

	private static final int HEXADECIMAL = 16;

	/**
	 * Returns the address in this form.
	 */
	static Address of(InetAddress address) {
		ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
		if (address instanceof Inet4Address) {
			return new Address(0, MAPPED | Integer.toUnsignedLong(bytes.getInt()));
		}
		return new Address(bytes.getLong(), bytes.getLong());
	}

	/**
	 * Finds the address whose reverse name a name is, or is below.
	 * @param name a name in any case
	 * @return the address; null when the name is no whole address and below none, or
	 * spells one otherwise than reverse names do
	 */
	static @Nullable Address ofReverseName(Name name) {
		int last = name.labels() - IN_ADDR_ARPA.labels() - 1;
		if (last >= OCTETS - 1 && name.subdomain(IN_ADDR_ARPA)) {
			return ofOctets(name, last);
		}
		return (last >= NIBBLES - 1 && name.subdomain(IP6_ARPA)) ? ofNibbles(name, last) : null;
	}

	private static @Nullable Address ofOctets(Name name, int last) {
		long address = 0;
		for (int i = last; i > last - OCTETS; i--) {
			int octet = octet(name.getLabel(i));
			if (octet < 0) {
				return null;
			}
			address = address << Byte.SIZE | octet;
		}
		return new Address(0, MAPPED | address);
	}

	/**
	 * Returns the number that a label is in decimal, or a negative one.
	 */
	private static int octet(byte[] label) {
		if (label.length > OCTETS || (label[1] == '0' && label.length > 2)) {
			return -1;
		}
		int octet = 0;
		for (int i = 1; i < label.length; i++) {
			if (label[i] < '0' || label[i] > '9') {
				return -1;
			}
			octet = octet * 10 + label[i] - '0';
		}
		return (octet <= MAX_OCTET) ? octet : -1;
	}

	private static @Nullable Address ofNibbles(Name name, int last) {
		long high = 0;
		long low = 0;
		for (int i = last; i > last - NIBBLES; i--) {
			byte[] label = name.getLabel(i);
			int nibble = (label.length == 2) ? Character.digit(label[1], HEXADECIMAL) : -1;
			if (nibble < 0) {
				return null;
			}
			if (last - i < NIBBLES_OF_LONG) {
				high = high << BITS_OF_NIBBLE | nibble;
			}
			else {
				low = low << BITS_OF_NIBBLE | nibble;
			}
		}
		Address address = new Address(high, low);
		return address.isIpv4() ? null : address;
	}

	/**
	 * Returns whether this is an IPv4 address.
	 */
	boolean isIpv4() {
		return this.high == 0 && (this.low & ~0xFFFF_FFFFL) == MAPPED;
	}

	/**
	 * Returns how many labels the address's reverse name has, the root's included.
	 */
	int labels() {
		return isIpv4() ? OCTETS + IN_ADDR_ARPA.labels() : NIBBLES + IP6_ARPA.labels();
	}

	@Override
	public int compareTo(Address other) {
		int compared = Long.compare(this.high, other.high);
		return (compared != 0) ? compared : Long.compare(this.low, other.low);
	}

}
