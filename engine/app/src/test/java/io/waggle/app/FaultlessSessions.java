package io.waggle.app;

import io.waggle.core.surface.Surface;
import io.waggle.state.session.SessionFold;
import io.waggle.state.topic.Topics;
import io.waggle.v1.Interaction;
import io.waggle.v1.Session;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Each user's session as a run without faults makes it, the interactions of the topic folded one
 * after another, beside the one that the loop has published.
 */
final class FaultlessSessions {
  private FaultlessSessions() {}

  /** By user. */
  static Map<String, Session> expected(LoopClient client, Surface surface) throws Exception {
    SessionFold fold = new SessionFold(surface.session());
    Map<String, Session> sessions = new TreeMap<>();
    for (ConsumerRecord<byte[], byte[]> record : client.records(Topics.INTERACTIONS)) {
      Interaction interaction = Interaction.parseFrom(record.value());
      String user = interaction.getUserId();
      sessions.put(user, fold.fold(sessions.get(user), interaction).session());
    }
    return sessions;
  }

  /** By user; what no fold of interactions alone has is left out. */
  static Map<String, Session> published(LoopClient client) throws Exception {
    Map<String, Session> sessions = new TreeMap<>();
    for (ConsumerRecord<byte[], byte[]> record : client.records(Topics.SESSIONS)) {
      sessions.put(
          new String(record.key(), StandardCharsets.UTF_8),
          Session.parseFrom(record.value()).toBuilder().clearFeatures().build());
    }
    return sessions;
  }
}
