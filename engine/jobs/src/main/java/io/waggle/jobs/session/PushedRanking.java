package io.waggle.jobs.session;

import io.waggle.state.session.SignalFold;
import io.waggle.v1.Interaction;
import io.waggle.v1.RankRequest;
import io.waggle.v1.RankTask;
import io.waggle.v1.Session;
import io.waggle.v1.Signal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The ranking that an interaction or a signal asks for. Pure. */
final class PushedRanking {
  /** Bytes of the digest that an id keeps: 128 bits, so that two decisions do not meet. */
  private static final int ID_BYTES = 16;

  private PushedRanking() {}

  /**
   * The catalogue ranked for the session as the interaction left it. Deferred: the app activates it
   * when it is shown.
   */
  static RankTask of(Session session, Interaction interaction) {
    return task(
        session,
        interaction.getSurface(),
        decisionId(session, interaction),
        interaction.getInteractionId(),
        session.getLastMillis());
  }

  /** The same for a signal, as of when it was complete. */
  static RankTask of(Session session, Signal signal) {
    return task(
        session,
        signal.getSurface(),
        id(signal.getSurface(), session.getUserId(), "", signal.getSignalId()),
        signal.getSignalId(),
        Math.max(session.getLastMillis(), signal.getEndedMillis()));
  }

  private static RankTask task(
      Session session, String surface, String decisionId, String cause, long timeMillis) {
    return RankTask.newBuilder()
        .setSession(session)
        .setRequest(
            RankRequest.newBuilder()
                .setDecisionId(decisionId)
                .setSurface(surface)
                .setUserId(session.getUserId())
                .setDeferred(true))
        .setInteractionId(cause)
        .setTimeMillis(timeMillis)
        .build();
  }

  /**
   * The same for the same fold: a replay after a crash names its decision as the first run did, and
   * the join drops the repeat. The interaction's id tells apart the users forgotten and seen anew.
   * Signals do not count: how many were folded before an interaction may differ in a replay.
   */
  static String decisionId(Session session, Interaction interaction) {
    return id(
        interaction.getSurface(),
        session.getUserId(),
        Long.toString(SignalFold.interactions(session)),
        interaction.getInteractionId());
  }

  private static String id(String surface, String user, String number, String cause) {
    MessageDigest digest = sha256();
    add(digest, surface);
    add(digest, user);
    add(digest, number);
    add(digest, cause);
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
