package dev.cloudmap.discovery.loadbalancer.call;

import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpRequestDecorator;
import org.springframework.web.reactive.function.BodyInserter;

/**
 * A request's body on its way, to know whether it can be sent once more: a stream that
 * was begun may not be there a second time.
 */
final class SentBody implements BodyInserter<Object, ClientHttpRequest> {

	private final BodyInserter<?, ? super ClientHttpRequest> body;

	private volatile boolean askedFor;

	private volatile boolean streamed;

	SentBody(BodyInserter<?, ? super ClientHttpRequest> body) {
		this.body = body;
	}

	@Override
	public Mono<Void> insert(ClientHttpRequest request, Context context) {
		this.askedFor = true;
		return this.body.insert(new Watched(request), context);
	}

	/**
	 * Whether the client has asked for the body, as Reactor Netty does when there is a
	 * connection. Other clients do so before.
	 */
	boolean isAskedFor() {
		return this.askedFor;
	}

	Call.Body state() {
		return this.streamed ? Call.Body.SPENT : Call.Body.REPEATABLE;
	}

	/**
	 * Sees how the body is sent. A single value is written as a {@link Mono}.
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
