package io.waggle.server.wire;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers calls that may wait for Kafka or read much, away from the event loop. Any thread. */
public final class UnaryCalls {
  private static final Logger LOG = LoggerFactory.getLogger(UnaryCalls.class);

  private final Executor executor;

  public UnaryCalls(Executor executor) {
    this.executor = executor;
  }

  /** Answers with what {@code work} returns, or with the refusal that it throws. */
  public <T> void answer(StreamObserver<T> answer, Supplier<T> work) {
    executor.execute(
        () -> {
          T result;
          try {
            result = work.get();
          } catch (StatusRuntimeException e) {
            answer.onError(e);
            return;
          } catch (RuntimeException e) {
            LOG.error("A call failed for no fault of its caller", e);
            answer.onError(Refusal.internal());
            return;
          }
          answer.onNext(result);
          answer.onCompleted();
        });
  }
}
