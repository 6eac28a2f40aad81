package dev.cloudmap.registry.dns.response;

import org.xbill.DNS.Message;

/**
 * The result of processing a query.
 */
public sealed interface Reply {

	/**
	 * A complete response.
	 */
	final class Complete implements Reply {

		private final byte[] response;

		/**
		 * Creates a complete response.
		 * @param response the response, which is not copied
		 */
		public Complete(byte[] response) {
			this.response = response;
		}

		/**
		 * Returns the response.
		 * @return the response, not a copy
		 */
		public byte[] response() {
			return this.response;
		}

	}

	/**
	 * An answer with a name outside of all zones, which upstream servers must complete.
	 *
	 * @param query the query
	 * @param transport the transport of the query
	 * @param answer the beginning of the answer
	 */
	record Incomplete(Message query, QueryResponder.Transport transport, AnswerBuilder answer) implements Reply {
	}

}
