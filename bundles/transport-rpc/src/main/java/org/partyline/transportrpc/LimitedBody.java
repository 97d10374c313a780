package org.partyline.transportrpc;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** Collects an answer of at most so many bytes. */
final class LimitedBody implements HttpResponse.BodySubscriber<byte[]> {
    /** The answer is longer than allowed. */
    static final class TooLongException extends IOException {
        private static final long serialVersionUID = 1L;

        TooLongException(long limit) {
            super("an answer of more than " + limit + " bytes");
        }
    }

    private final long limit;
    private final CompletableFuture<byte[]> body = new CompletableFuture<>();
    private final List<ByteBuffer> parts = new ArrayList<>();
    private Flow.Subscription subscription;
    private long length;

    LimitedBody(long limit) {
        this.limit = limit;
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        this.subscription = subscription;
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        if (body.isDone()) {
            return;
        }
        for (ByteBuffer buffer : buffers) {
            length += buffer.remaining();
            parts.add(buffer);
        }
        if (length > limit) {
            subscription.cancel();
            parts.clear();
            body.completeExceptionally(new TooLongException(limit));
        }
    }

    @Override
    public void onError(Throwable problem) {
        parts.clear();
        body.completeExceptionally(problem);
    }

    @Override
    public void onComplete() {
        if (body.isDone()) {
            return;
        }
        byte[] all = new byte[(int) length];
        int at = 0;
        for (ByteBuffer part : parts) {
            int count = part.remaining();
            part.get(all, at, count);
            at += count;
        }
        parts.clear();
        body.complete(all);
    }
}
