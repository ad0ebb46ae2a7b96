package io.waggle.jobs.session;

import io.waggle.v1.Interaction;
import io.waggle.v1.RankRequest;
import io.waggle.v1.RankTask;
import io.waggle.v1.Session;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The ranking that an interaction asks for. Pure. */
final class PushedRanking {
  /** Bytes of the digest that an id keeps: 128 bits, so that two decisions do not meet. */
  private static final int ID_BYTES = 16;

  private PushedRanking() {}

  /**
   * The catalogue ranked for the session as the interaction left it. Deferred: the app activates it
   * when it is shown.
   */
  static RankTask of(Session session, Interaction interaction) {
    return RankTask.newBuilder()
        .setSession(session)
        .setRequest(
            RankRequest.newBuilder()
                .setDecisionId(decisionId(session, interaction))
                .setSurface(interaction.getSurface())
                .setUserId(session.getUserId())
                .setDeferred(true))
        .setInteractionId(interaction.getInteractionId())
        .setTimeMillis(session.getLastMillis())
        .build();
  }

  /**
   * The same for the same fold: a replay after a crash names its decision as the first run did, and
   * the join drops the repeat. The interaction's id tells apart the users forgotten and seen anew.
   */
  static String decisionId(Session session, Interaction interaction) {
    MessageDigest digest = sha256();
    add(digest, interaction.getSurface());
    add(digest, session.getUserId());
    add(digest, Long.toString(session.getVersion()));
    add(digest, interaction.getInteractionId());
    return "push-" + HexFormat.of().formatHex(digest.digest(), 0, ID_BYTES);
  }

  private static void add(MessageDigest digest, String part) {
    byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
    digest.update((byte) (bytes.length >> 8));
    digest.update((byte) bytes.length);
    digest.update(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
