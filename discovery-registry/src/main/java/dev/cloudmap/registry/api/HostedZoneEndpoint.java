package dev.cloudmap.registry.api;

import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.api.http.ApiResponse;
import dev.cloudmap.registry.state.model.Namespace;
import dev.cloudmap.registry.state.snapshot.RegistrySnapshot;

/**
 * Route 53's {@code GetHostedZone} for the hosted zones of DNS namespaces, which contains
 * the VPC of a private namespace. Cloud Map's API does not.
 */
final class HostedZoneEndpoint implements Endpoint {

	/** Amazon Route 53 API Reference, version 2013-04-01. */
	static final String PATH = "/2013-04-01/hostedzone/";

	/** The name of Route 53 in a credential scope. */
	static final String SERVICE = "route53";

	private static final String NAMESPACE = "https://route53.amazonaws.com/doc/2013-04-01/";

	private final Supplier<RegistrySnapshot> snapshot;

	HostedZoneEndpoint(Supplier<RegistrySnapshot> snapshot) {
		this.snapshot = snapshot;
	}

	@Override
	public boolean isAt(String path) {
		return path.startsWith(PATH);
	}

	@Override
	public ApiResponse respond(FullHttpRequest request, String path) {
		if (!request.method().equals(HttpMethod.GET)) {
			return ApiResponse.methodNotAllowed(request.method(), "GET");
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
					.formatted(NAMESPACE, namespace.hostedZoneId(), escape(namespace.name()), namespace.id(),
							namespace.vpc() != null, vpcs(namespace)));
	}

	private @Nullable Namespace find(String id) {
		return this.snapshot.get()
			.namespaces()
			.stream()
			.filter((namespace) -> namespace.type().isDns() && id.equals(namespace.hostedZoneId()))
			.findFirst()
			.orElse(null);
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

	private static ApiResponse xml(HttpResponseStatus status, String document) {
		return ApiResponse.of(status, ("<?xml version=\"1.0\"?>\n" + document).getBytes(StandardCharsets.UTF_8))
			.with(HttpHeaderNames.CONTENT_TYPE, "text/xml");
	}

}
