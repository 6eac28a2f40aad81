package dev.cloudmap.registry;

import java.net.InetSocketAddress;

/**
 * A registry that could not be started because something else listens where it should.
 */
public final class AddressInUseException extends RegistryStartException {

	private static final long serialVersionUID = 1L;

	private final InetSocketAddress address;

	/**
	 * Creates the exception.
	 * @param message what is wrong and what to do
	 * @param address the address that is taken
	 * @param cause what it came from
	 */
	public AddressInUseException(String message, InetSocketAddress address, Throwable cause) {
		super(message, cause);
		this.address = address;
	}

	/**
	 * Returns the address that is taken.
	 * @return the address that is taken
	 */
	public InetSocketAddress address() {
		return this.address;
	}

}
