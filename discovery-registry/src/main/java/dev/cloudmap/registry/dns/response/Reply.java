package dev.cloudmap.registry.dns.response;

import org.xbill.DNS.Message;

/**
 * The result of processing a query.
 */
public sealed interface Reply {

	/**
	 * A complete response.
	 *
	 * @param response the response, which is not copied
	 */
	@SuppressWarnings("ArrayRecordComponent")
	record Complete(byte[] response) implements Reply {

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
