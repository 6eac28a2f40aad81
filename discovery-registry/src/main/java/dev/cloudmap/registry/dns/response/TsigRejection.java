package dev.cloudmap.registry.dns.response;

import java.time.Instant;

import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIGRecord;

/**
 * Rejects queries with a transaction signature (TSIG, RFC 8945). The server has no keys.
 */
final class TsigRejection {

	private static final byte[] NO_MAC = {};

	private TsigRejection() {
	}

	/**
	 * Encodes a response to a query with an unknown key (RFC 8945, sections 5.2.1 and
	 * 5.3.2). It is not signed.
	 * @param signature the TSIG record of the query
	 * @param response the response with the response code NOTAUTH
	 * @return the encoded response
	 */
	static byte[] refuse(TSIGRecord signature, Message response) {
		response.addRecord(
				new TSIGRecord(signature.getName(), DClass.ANY, 0, signature.getAlgorithm(), Instant.now(),
						signature.getFudge(), NO_MAC, signature.getOriginalID(), Rcode.BADKEY, null),
				Section.ADDITIONAL);
		// With a size limit dnsjava would put the OPT record after the TSIG record.
		return response.toWire();
	}

}
