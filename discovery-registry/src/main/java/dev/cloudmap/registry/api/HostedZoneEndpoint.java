package dev.cloudmap.registry.api;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Supplier;

import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.state.Namespace;
import dev.cloudmap.registry.state.Snapshot;

/**
 * Answers Route 53's {@code GetHostedZone} for the hosted zone of a DNS namespace: Cloud
 * Map's own API does not tell which VPC a private namespace belongs to.
 */
final class HostedZoneEndpoint {

	/** Amazon Route 53 API Reference, version 2013-04-01. */
	static final String PATH = "/2013-04-01/hostedzone/";

	/** The name of Route 53 in a signature's scope. */
	static final String SERVICE = "route53";

	private static final String NAMESPACE = "https://route53.amazonaws.com/doc/2013-04-01/";

	private final Supplier<Snapshot> snapshot;

	HostedZoneEndpoint(Supplier<Snapshot> snapshot) {
		this.snapshot = snapshot;
	}

	boolean isAt(String path) {
		return path.startsWith(PATH);
	}

	/**
	 * Answers a request.
	 * @param path the path of its URI
	 */
	Answer answer(FullHttpRequest request, String path) {
		if (!request.method().equals(HttpMethod.GET)) {
			return Answer.methodNotAllowed(request.method(), "GET");
		}
		String id = path.substring(PATH.length());
		Namespace namespace = find(id);
		if (namespace == null) {
			return xml(HttpResponseStatus.NOT_FOUND,
					"<ErrorResponse xmlns=\"%s\"><Error><Type>Sender</Type><Code>NoSuchHostedZone</Code><Message>%s</Message></Error></ErrorResponse>"
						.formatted(NAMESPACE, escape("No hosted zone found with ID: " + id)));
		}
		return xml(HttpResponseStatus.OK,
				("<GetHostedZoneResponse xmlns=\"%s\"><HostedZone><Id>/hostedzone/%s</Id><Name>%s.</Name>"
						+ "<CallerReference>%s</CallerReference><Config><PrivateZone>%s</PrivateZone></Config>"
						+ "</HostedZone>%s</GetHostedZoneResponse>")
					.formatted(NAMESPACE, id(namespace), escape(namespace.name()), namespace.id(),
							namespace.vpc() != null, vpcs(namespace)));
	}

	/**
	 * Returns the id of a DNS namespace's hosted zone.
	 */
	static String id(Namespace namespace) {
		return "Z" + namespace.id().substring("ns-".length()).toUpperCase(Locale.ROOT);
	}

	private @Nullable Namespace find(String id) {
		Namespace namespace = id.startsWith("Z")
				? this.snapshot.get().findNamespace("ns-" + id.substring(1).toLowerCase(Locale.ROOT)) : null;
		return (namespace != null && namespace.type().isDns()) ? namespace : null;
	}

	private static String vpcs(Namespace namespace) {
		if (namespace.vpc() == null) {
			return "";
		}
		String region = namespace.arn().split(":", -1)[3];
		return "<VPCs><VPC><VPCRegion>%s</VPCRegion><VPCId>%s</VPCId></VPC></VPCs>".formatted(escape(region),
				escape(namespace.vpc()));
	}

	private static String escape(String text) {
		return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
	}

	private static Answer xml(HttpResponseStatus status, String document) {
		return Answer.of(status, ("<?xml version=\"1.0\"?>\n" + document).getBytes(StandardCharsets.UTF_8))
			.with(HttpHeaderNames.CONTENT_TYPE, "text/xml");
	}

}
