package dev.cloudmap.discovery.registry.http;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

import org.jspecify.annotations.Nullable;

/**
 * Reads the body of an answer, up to a maximum length.
 */
public final class LimitedBody implements BodySubscriber<byte[]> {

	private final BodySubscriber<byte[]> body = BodySubscribers.ofByteArray();

	private Flow.@Nullable Subscription subscription;

	private final int maxLength;

	private int remaining;

	/**
	 * Creates the reader of one answer.
	 * @param maxLength the maximum length in bytes
	 */
	public LimitedBody(int maxLength) {
		this.maxLength = maxLength;
		this.remaining = maxLength;
	}

	@Override
	public CompletionStage<byte[]> getBody() {
		return this.body.getBody();
	}

	@Override
	public void onSubscribe(Flow.Subscription subscription) {
		this.subscription = subscription;
		this.body.onSubscribe(subscription);
	}

	@Override
	public void onNext(List<ByteBuffer> buffers) {
		this.remaining -= buffers.stream().mapToInt(ByteBuffer::remaining).sum();
		if (this.remaining >= 0) {
			this.body.onNext(buffers);
		}
		else if (this.subscription != null) {
			this.subscription.cancel();
			this.body.onError(new IOException("its answer has more than " + this.maxLength + " bytes"));
		}
	}

	@Override
	public void onError(Throwable failure) {
		this.body.onError(failure);
	}

	@Override
	public void onComplete() {
		this.body.onComplete();
	}

}
