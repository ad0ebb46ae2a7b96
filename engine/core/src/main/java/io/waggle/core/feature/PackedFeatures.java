package io.waggle.core.feature;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import io.waggle.v1.JoinStage;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.Namespace;
import java.util.AbstractList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The features of a joined decision as one field of bytes, so that whoever only hands the decision
 * on, or writes the learner's text, need not build thousands of objects from them: the learner is
 * one thread per surface, the join in front of it is many. The bytes are a {@link Decision} of
 * which only context, session and actions are set. Pure; any thread.
 */
public final class PackedFeatures {
  private PackedFeatures() {}

  /**
   * The same with its features packed; unchanged where there are none, several slots, or where it
   * is a part of the decision's life only. The last such part loses them: the learner has seen
   * them, and only the decision log still has a use for them.
   */
  public static JoinedDecision pack(JoinedDecision joined) {
    Decision decision = joined.getDecision();
    if (joined.getStage() == JoinStage.JOIN_STAGE_CLOSED && decision.getActionsCount() > 0) {
      return joined.toBuilder()
          .setDecision(decision.toBuilder().clearContext().clearSession().clearActions())
          .build();
    }
    if (decision.getActionsCount() == 0
        || decision.getSlotsCount() > 0
        || joined.getStage() != JoinStage.JOIN_STAGE_UNSPECIFIED) {
      return joined;
    }
    Decision features =
        Decision.newBuilder()
            .addAllContext(decision.getContextList())
            .addAllSession(decision.getSessionList())
            .addAllActions(decision.getActionsList())
            .build();
    return joined.toBuilder()
        .setDecision(decision.toBuilder().clearContext().clearSession().clearActions())
        .setFeatures(features.toByteString())
        .build();
  }

  /**
   * The decision as it was before it was packed.
   *
   * @throws IllegalArgumentException when the bytes are no features
   */
  public static Decision decision(JoinedDecision joined) {
    return joined.getFeatures().isEmpty()
        ? joined.getDecision()
        : joined.getDecision().toBuilder().mergeFrom(parse(joined.getFeatures())).build();
  }

  private static Decision parse(ByteString features) {
    try {
      return Decision.parseFrom(features);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("features: not readable (expected: a decision)", e);
    }
  }

  /** The features of one decision, parsed when somebody looks at them. One thread. */
  static final class Later {
    private final ByteString features;
    private @Nullable Decision parsed;

    Later(ByteString features) {
      this.features = features;
    }

    List<Namespace> context() {
      return new LaterList<>(this, Decision::getContextList, -1);
    }

    List<Namespace> session() {
      return new LaterList<>(this, Decision::getSessionList, -1);
    }

    /** The actions; how many is known. */
    List<Action> actions(int count) {
      return new LaterList<>(this, Decision::getActionsList, count);
    }

    private Decision parsed() {
      Decision known = parsed;
      if (known == null) {
        known = parse(features);
        parsed = known;
      }
      return known;
    }
  }

  /** A list that is parsed on first use. */
  private static final class LaterList<T> extends AbstractList<T> {
    private final Later later;
    private final Function<Decision, List<T>> part;
    private final int size;

    /**
     * @param size negative: not known
     */
    LaterList(Later later, Function<Decision, List<T>> part, int size) {
      this.later = later;
      this.part = part;
      this.size = size;
    }

    @Override
    public T get(int index) {
      return part.apply(later.parsed()).get(index);
    }

    @Override
    public int size() {
      return size < 0 ? part.apply(later.parsed()).size() : size;
    }
  }
}
