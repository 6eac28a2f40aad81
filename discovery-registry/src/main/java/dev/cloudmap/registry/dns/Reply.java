package dev.cloudmap.registry.dns;

import org.xbill.DNS.Message;

/**
 * What the registry says to a query by itself.
 */
sealed interface Reply {

	/**
	 * All there is to say.
	 */
	final class Complete implements Reply {

		private final byte[] response;

		Complete(byte[] response) {
			this.response = response;
		}

		/**
		 * Returns the response itself, no copy.
		 */
		byte[] response() {
			return this.response;
		}

	}

	/**
	 * An answer that leads out of all zones, and whose rest upstreams have to tell.
	 *
	 * @param query the query
	 * @param transport over what it came
	 * @param answer what there is of the answer
	 */
	record Incomplete(Message query, Responder.Transport transport, Answer answer) implements Reply {
	}

}
