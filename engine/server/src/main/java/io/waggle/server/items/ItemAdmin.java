package io.waggle.server.items;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.waggle.core.declared.ItemSource;
import io.waggle.server.log.Outgoing;
import io.waggle.server.log.TopicWriter;
import io.waggle.server.metric.FeedbackOutcome;
import io.waggle.server.metric.ServerMetrics;
import io.waggle.server.wire.Refusal;
import io.waggle.server.wire.RequestChecks;
import io.waggle.state.topic.Topics;
import io.waggle.v1.DeleteItemsRequest;
import io.waggle.v1.DeleteItemsResponse;
import io.waggle.v1.GetItemRequest;
import io.waggle.v1.GetItemResponse;
import io.waggle.v1.Item;
import io.waggle.v1.ItemServiceGrpc;
import io.waggle.v1.ItemStatistics;
import io.waggle.v1.PutItemsRequest;
import io.waggle.v1.PutItemsResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PutItems, DeleteItems and GetItem: validate, write, and answer once Kafka has it; look up in the
 * service's own view. Runs on the connection's event loop, which only fills a buffer; the answer
 * comes from Kafka's thread.
 *
 * <p>UNAVAILABLE means that it is not known to be stored: sending it again is safe, as the last one
 * counts.
 */
public final class ItemAdmin extends ItemServiceGrpc.ItemServiceImplBase {
  private static final Logger LOG = LoggerFactory.getLogger(ItemAdmin.class);
  private static final String PUT = "item";
  private static final String DELETION = "item_deletion";

  private final RequestChecks checks;
  private final TopicWriter writer;
  private final ItemSource items;
  private final ServerMetrics metrics;
  private final Duration timeout;

  /**
   * Serves.
   *
   * @param items what rankings know
   * @param timeout how long to wait for Kafka
   */
  public ItemAdmin(
      RequestChecks checks,
      TopicWriter writer,
      ItemSource items,
      ServerMetrics metrics,
      Duration timeout) {
    this.checks = checks;
    this.writer = writer;
    this.items = items;
    this.metrics = metrics;
    this.timeout = timeout;
  }

  @Override
  public void putItems(PutItemsRequest request, StreamObserver<PutItemsResponse> answer) {
    int count = request.getItemsCount();
    store(
        PUT,
        count,
        () -> {
          checks.valid(request);
          List<Outgoing> records = new ArrayList<>(count);
          for (int i = 0; i < count; i++) {
            records.add(put("items[" + i + "]", request.getItems(i)));
          }
          return records;
        },
        PutItemsResponse.newBuilder().setAccepted(count).build(),
        answer);
  }

  private Outgoing put(String field, Item item) {
    checks.surface(field + ".surface", item.getSurface());
    long time = checks.timeMillis(field + ".updated_millis", item.getUpdatedMillis());
    return new Outgoing(
        Topics.ITEMS,
        Topics.itemKey(item.getSurface(), item.getItemId()),
        time,
        item.toBuilder().setUpdatedMillis(time).build());
  }

  @Override
  public void deleteItems(DeleteItemsRequest request, StreamObserver<DeleteItemsResponse> answer) {
    int count = request.getItemIdsCount();
    store(
        DELETION,
        count,
        () -> {
          checks.valid(request);
          checks.surface("surface", request.getSurface());
          long now = checks.timeMillis("", 0);
          return request.getItemIdsList().stream()
              .map(id -> Topics.itemKey(request.getSurface(), id))
              .map(key -> new Outgoing(Topics.ITEMS, key, now, null))
              .toList();
        },
        DeleteItemsResponse.newBuilder().setAccepted(count).build(),
        answer);
  }

  @Override
  public void getItem(GetItemRequest request, StreamObserver<GetItemResponse> answer) {
    try {
      checks.valid(request);
      checks.surface("surface", request.getSurface());
      Item item = items.item(request.getSurface(), request.getItemId());
      ItemStatistics statistics = items.statistics(request.getSurface(), request.getItemId());
      if (item == null && statistics == null) {
        throw Refusal.notFound("item_id: no item of that id is known on the surface");
      }
      GetItemResponse.Builder found = GetItemResponse.newBuilder();
      if (item != null) {
        found.setItem(item);
      }
      if (statistics != null) {
        found.setStatistics(statistics);
      }
      answer.onNext(found.build());
      answer.onCompleted();
    } catch (StatusRuntimeException e) {
      answer.onError(e);
    } catch (RuntimeException e) {
      LOG.error("GetItem failed", e);
      answer.onError(Refusal.internal());
    }
  }

  private <T> void store(
      String kind, int count, Supplier<List<Outgoing>> accept, T stored, StreamObserver<T> answer) {
    try {
      CompletableFuture<Void> written = writer.offer(accept.get());
      if (written == null) {
        throw Refusal.unavailable("the buffer for items is full; try again");
      }
      var unused =
          written
              .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
              .whenComplete(
                  (nothing, failure) -> {
                    if (failure == null) {
                      metrics.feedback(kind, FeedbackOutcome.ACCEPTED, count);
                      answer.onNext(stored);
                      answer.onCompleted();
                    } else {
                      LOG.warn("The log refused items", failure);
                      metrics.feedback(kind, FeedbackOutcome.UNAVAILABLE, count);
                      answer.onError(Refusal.unavailable("the log is not available; try again"));
                    }
                  });
    } catch (StatusRuntimeException e) {
      FeedbackOutcome outcome =
          switch (e.getStatus().getCode()) {
            case INVALID_ARGUMENT, NOT_FOUND -> FeedbackOutcome.REFUSED;
            default -> FeedbackOutcome.UNAVAILABLE;
          };
      metrics.feedback(kind, outcome, count);
      answer.onError(e);
    } catch (RuntimeException e) {
      LOG.error("Storing items failed", e);
      metrics.feedback(kind, FeedbackOutcome.UNAVAILABLE, count);
      answer.onError(Refusal.internal());
    }
  }
}
