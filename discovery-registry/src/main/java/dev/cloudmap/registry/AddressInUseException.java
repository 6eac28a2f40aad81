package dev.cloudmap.registry;

import java.net.InetSocketAddress;

/**
 * The registry cannot start because its address is in use.
 */
public final class AddressInUseException extends RegistryStartException {

	private static final long serialVersionUID = 1L;

	private final InetSocketAddress address;

	/**
	 * Creates the exception.
	 * @param message the message, with a remedy
	 * @param address the address in use
	 * @param cause the cause
	 */
	public AddressInUseException(String message, InetSocketAddress address, Throwable cause) {
		super(message, cause);
		this.address = address;
	}

	/**
	 * Returns the address in use.
	 * @return the address in use
	 */
	public InetSocketAddress address() {
		return this.address;
	}

}
