package io.waggle.server.view;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.waggle.server.metric.ViewMetrics;
import io.waggle.state.topic.Topics;
import io.waggle.state.view.KeyValueView;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiPredicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Something known of items, by surface and item. Reads from any thread: from memory what was asked
 * for lately, otherwise from local disk; where nothing is known of a surface's items, which is so
 * of most surfaces, none of them is looked for.
 */
final class ItemView<T extends MessageLite> implements ViewListener {
  /** What the parsed items may take, about. */
  private static final long CACHE_BYTES = 64L << 20;

  /** A parsed message takes about so many times its bytes. */
  private static final long PARSED_FACTOR = 6;

  private final KeyValueView view;
  private final Parser<T> parser;
  private final BiPredicate<String, T> sound;
  private final ViewMetrics metrics;
  private final ViewCache<T> cache =
      new ViewCache<>(CACHE_BYTES, message -> PARSED_FACTOR * message.getSerializedSize());

  /**
   * Whether anything was ever known of a surface's items. Bound: as many as have been asked for.
   */
  private final ConcurrentMap<String, Boolean> surfaces = new ConcurrentHashMap<>();

  /**
   * Over a view of the topic.
   *
   * @param sound false: the value breaks a rule or is another key's, and is as good as none
   */
  ItemView(KeyValueView view, Parser<T> parser, BiPredicate<String, T> sound, ViewMetrics metrics) {
    this.view = view;
    this.parser = parser;
    this.sound = sound;
    this.metrics = metrics;
  }

  /** What is known, or null; what cannot be read is counted and as good as nothing. */
  @Nullable T find(String surface, String itemId) {
    return hasAny(surface) ? cache.get(Topics.itemKey(surface, itemId), this::read) : null;
  }

  private boolean hasAny(String surface) {
    Boolean known = surfaces.get(surface);
    return known == null
        ? surfaces.computeIfAbsent(
            surface, name -> view.hasAny(Topics.itemKey(name, "").getBytes(UTF_8)))
        : known;
  }

  private @Nullable T read(String key) {
    byte[] bytes = view.get(key.getBytes(UTF_8));
    return bytes == null ? null : parse(key, bytes);
  }

  /** What a value says, or null; what cannot be read is counted and as good as nothing. */
  @Nullable T parse(String key, byte[] bytes) {
    try {
      T value = parser.parseFrom(bytes);
      if (sound.test(key, value)) {
        return value;
      }
    } catch (InvalidProtocolBufferException e) {
      // Counted below.
    }
    metrics.unreadable();
    return null;
  }

  @Override
  public void applied(List<ConsumerRecord<byte[], byte[]>> records, boolean live) {
    for (ConsumerRecord<byte[], byte[]> record : records) {
      if (record.key() != null) {
        String key = new String(record.key(), UTF_8);
        cache.remove(key);
        // Waits for whoever looks right now, as removing a key does.
        surfaces.computeIfPresent(
            key.substring(0, Math.max(0, key.indexOf('/'))),
            (surface, any) -> any || record.value() != null);
      }
    }
  }

  @Override
  public void reset() {
    cache.clear();
    surfaces.clear();
  }
}
