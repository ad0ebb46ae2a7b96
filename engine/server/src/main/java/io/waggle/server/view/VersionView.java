package io.waggle.server.view;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import io.waggle.server.metric.ViewMetrics;
import io.waggle.state.topic.Topics;
import io.waggle.state.view.KeyValueView;
import io.waggle.v1.RegisteredModel;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** The versions that the registry keeps. Reads from any thread. */
final class VersionView implements ViewListener {
  private final KeyValueView view;
  private final ViewMetrics metrics;

  VersionView(KeyValueView view, ViewMetrics metrics) {
    this.view = view;
    this.metrics = metrics;
  }

  @Nullable RegisteredModel find(String surface, String policy, long version) {
    byte[] bytes = view.get(Topics.versionKey(surface, policy, version).getBytes(UTF_8));
    return bytes == null ? null : parse(bytes);
  }

  /** Those of a surface and a policy, where they are not empty; in no order. */
  List<RegisteredModel> list(String surface, String policy) {
    List<RegisteredModel> models = new ArrayList<>();
    view.forEach(
        (key, value) -> {
          String[] name = new String(key, UTF_8).split("/", 3);
          boolean wanted =
              name.length == 3
                  && (surface.isEmpty() || surface.equals(name[0]))
                  && (policy.isEmpty() || policy.equals(name[1]));
          RegisteredModel model = wanted ? parse(value) : null;
          if (model != null) {
            models.add(model);
          }
        });
    return models;
  }

  private @Nullable RegisteredModel parse(byte[] bytes) {
    try {
      return RegisteredModel.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      metrics.unreadable();
      return null;
    }
  }

  @Override
  public void applied(List<ConsumerRecord<byte[], byte[]>> records, boolean live) {}

  @Override
  public void reset() {}
}
