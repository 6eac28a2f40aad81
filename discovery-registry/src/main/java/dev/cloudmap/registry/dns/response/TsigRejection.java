package dev.cloudmap.registry.dns.response;

import java.time.Instant;

import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIGRecord;

/**
 * Answers queries with a transaction signature (TSIG, RFC 8945). The server has no keys,
 * so every key is unknown.
 */
final class TsigRejection {

	private static final byte[] NO_MAC = {};

	private TsigRejection() {
	}

	/**
	 * Completes a response that says that the key of a query is not known (RFC 8945,
	 * sections 5.2.1 and 5.3.2). Such a response is not signed.
	 * @param signature the query's
	 * @param response the response, with the response code NOTAUTH
	 * @return the response as it is sent
	 */
	static byte[] refuse(TSIGRecord signature, Message response) {
		response.addRecord(
				new TSIGRecord(signature.getName(), DClass.ANY, 0, signature.getAlgorithm(), Instant.now(),
						signature.getFudge(), NO_MAC, signature.getOriginalID(), Rcode.BADKEY, null),
				Section.ADDITIONAL);
		// With a limit dnsjava would put the OPT record last, where this one must be.
		return response.toWire();
	}

}
