package io.waggle.server.rank;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.Tags;
import io.waggle.server.metric.ServerMetrics;
import io.waggle.server.wire.Refusal;
import io.waggle.v1.WatchRankingsRequest;
import io.waggle.v1.WatchRankingsResponse;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The open streams of rankings, by surface and user. One thread dispatches, any number of
 * connections come and go. A watcher that reads too slowly loses the oldest rankings of its queue;
 * more watchers than the bound are refused.
 */
public final class RankingWatchers implements AutoCloseable {
  private final ConcurrentMap<Address, CopyOnWriteArrayList<Watcher>> watchers =
      new ConcurrentHashMap<>();
  private final AtomicInteger count = new AtomicInteger();
  private final Semaphore places;
  private final int maxWatchers;
  private final int queueLength;
  private final ServerMetrics metrics;
  private volatile boolean closed;

  private record Address(String surface, String userId) {}

  /**
   * No watchers yet.
   *
   * @param maxWatchers at most this many at a time
   * @param queueLength rankings kept for a slow watcher
   */
  public RankingWatchers(int maxWatchers, int queueLength, ServerMetrics metrics) {
    this.places = new Semaphore(maxWatchers);
    this.maxWatchers = maxWatchers;
    this.queueLength = queueLength;
    this.metrics = metrics;
    metrics.gauge("waggle.watchers", Tags.empty(), count, AtomicInteger::get);
  }

  /**
   * Adds a watcher until its connection ends.
   *
   * @throws StatusRuntimeException RESOURCE_EXHAUSTED at the bound
   */
  void add(WatchRankingsRequest request, StreamObserver<WatchRankingsResponse> answer) {
    if (!places.tryAcquire()) {
      throw Refusal.exhausted("watchers: " + maxWatchers + " are open, which is the bound");
    }
    Address address = new Address(request.getSurface(), request.getUserId());
    var call = (ServerCallStreamObserver<WatchRankingsResponse>) answer;
    Watcher watcher = new Watcher(call);
    call.setOnCancelHandler(() -> remove(address, watcher, false));
    call.setOnReadyHandler(watcher::drain);
    watchers.compute(
        address,
        (key, present) -> {
          CopyOnWriteArrayList<Watcher> list =
              present == null ? new CopyOnWriteArrayList<>() : present;
          list.add(watcher);
          count.incrementAndGet();
          return list;
        });
    if (closed) {
      // close() may have passed before this one was in the map.
      remove(address, watcher, true);
    }
  }

  /** Hands a ranking to whoever watches its surface and user. */
  public void dispatch(WatchRankingsResponse ranking) {
    List<Watcher> reached =
        watchers.getOrDefault(
            new Address(ranking.getSurface(), ranking.getUserId()), new CopyOnWriteArrayList<>());
    for (Watcher watcher : reached) {
      metrics.watchMatched();
      watcher.offer(ranking);
    }
  }

  /** Watchers now. */
  public int count() {
    return count.get();
  }

  private void remove(Address address, Watcher watcher, boolean stopping) {
    watchers.computeIfPresent(
        address,
        (key, list) -> {
          if (list.remove(watcher)) {
            count.decrementAndGet();
            places.release();
            watcher.end(stopping);
          }
          return list.isEmpty() ? null : list;
        });
  }

  /** Ends every stream with UNAVAILABLE: the watcher may come back to another service. */
  @Override
  public void close() {
    closed = true;
    watchers.forEach((address, list) -> list.forEach(watcher -> remove(address, watcher, true)));
  }

  /** One stream. Guarded by itself: the dispatcher and the connection's event loop both write. */
  private final class Watcher {
    private final ServerCallStreamObserver<WatchRankingsResponse> call;
    private final ArrayDeque<WatchRankingsResponse> queue = new ArrayDeque<>();
    private boolean ended;

    Watcher(ServerCallStreamObserver<WatchRankingsResponse> call) {
      this.call = call;
    }

    synchronized void offer(WatchRankingsResponse ranking) {
      if (ended) {
        metrics.watchLost(1);
        return;
      }
      if (queue.size() == queueLength) {
        queue.removeFirst();
        metrics.watchLost(1);
      }
      queue.addLast(ranking);
      drain();
    }

    synchronized void drain() {
      while (!ended && !queue.isEmpty() && call.isReady()) {
        call.onNext(queue.removeFirst());
        metrics.watchDelivered();
      }
    }

    /** Gives up what waits; a connection that is still there is told that the service stops. */
    synchronized void end(boolean stopping) {
      ended = true;
      metrics.watchLost(queue.size());
      queue.clear();
      if (stopping) {
        call.onError(Refusal.unavailable("the service is stopping"));
      }
    }
  }
}
