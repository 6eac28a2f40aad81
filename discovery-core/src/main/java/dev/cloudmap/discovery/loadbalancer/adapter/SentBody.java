package dev.cloudmap.discovery.loadbalancer.adapter;

import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpRequestDecorator;
import org.springframework.web.reactive.function.BodyInserter;

import dev.cloudmap.discovery.loadbalancer.call.Call;

/**
 * The body of a request, which records whether it can be sent again: a stream that was
 * begun cannot.
 */
final class SentBody implements BodyInserter<Object, ClientHttpRequest> {

	private final BodyInserter<?, ? super ClientHttpRequest> body;

	private volatile boolean inserted;

	private volatile boolean streamed;

	SentBody(BodyInserter<?, ? super ClientHttpRequest> body) {
		this.body = body;
	}

	@Override
	public Mono<Void> insert(ClientHttpRequest request, Context context) {
		this.inserted = true;
		return this.body.insert(new Watched(request), context);
	}

	/**
	 * Whether the client has inserted the body. Reactor Netty does so when it has a
	 * connection, other clients before.
	 */
	boolean isInserted() {
		return this.inserted;
	}

	Call.Body state() {
		return this.streamed ? Call.Body.SPENT : Call.Body.REPEATABLE;
	}

	/**
	 * Records how the body is sent. A single value is a {@link Mono}.
	 */
	private final class Watched extends ClientHttpRequestDecorator {

		Watched(ClientHttpRequest request) {
			super(request);
		}

		@Override
		public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
			return super.writeWith((body instanceof Mono) ? body : Flux.from(body).doOnSubscribe((begun) -> spend()));
		}

		@Override
		public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
			return super.writeAndFlushWith(Flux.from(body).doOnSubscribe((begun) -> spend()));
		}

		private void spend() {
			SentBody.this.streamed = true;
		}

	}

}
