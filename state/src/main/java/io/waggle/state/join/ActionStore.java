package io.waggle.state.join;

import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import io.waggle.v1.PendingDecision;
import io.waggle.v1.PendingDecisionOrBuilder;
import io.waggle.v1.SharedAction;
import io.waggle.v1.SharedActions;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The actions of waiting decisions, each kept once however many decisions have it: most decisions
 * of a surface choose among the same catalogue, and actions are most of a decision's bytes. A
 * decision refers to an action by the first 8 bytes of its SHA-256; an action whose reference is
 * taken by another one, which the next 8 bytes tell, stays in its decision.
 *
 * <p>Bounded by the number of actions and their bytes as messages (on the heap they take about
 * eight times as much): beyond it actions stay in their decisions. An action leaves when the last
 * window of a decision that has it is over. One thread.
 *
 * <p>INVARIANT: an action is here until each decision that refers to it has closed. Closes happen
 * in the order of their times, so what {@link #reached} says is enough to know.
 */
public final class ActionStore {
  private static final long INLINE = 0;

  private final int maxActions;
  private final long maxBytes;
  private final MessageDigest digest;
  private final Map<Long, Shared> actions = new HashMap<>();
  private long bytes;
  private long reachedMillis = Long.MIN_VALUE;

  /** An action, the second 8 bytes of its digest, and until when it is needed. */
  private static final class Shared {
    private final Action action;
    private final long check;
    private long neededUntilMillis;

    Shared(Action action, long check, long neededUntilMillis) {
      this.action = action;
      this.check = check;
      this.neededUntilMillis = neededUntilMillis;
    }
  }

  public ActionStore(int maxActions, long maxBytes) {
    this.maxActions = maxActions;
    this.maxBytes = maxBytes;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** A store that holds nothing. */
  public static ActionStore none() {
    return new ActionStore(0, 0);
  }

  /** Sets the decision, its actions replaced by references as far as there is room. */
  void put(PendingDecision.Builder pending, Decision decision, long closesMillis) {
    pending.setDecision(decision).clearActionReferences();
    if (maxActions == 0 || decision.getActionsCount() == 0) {
      return;
    }
    // A decision that came after its window closes with the next timer, before any later one.
    long neededUntilMillis =
        closesMillis > reachedMillis || reachedMillis == Long.MAX_VALUE
            ? closesMillis
            : reachedMillis + 1;
    List<Long> references = new ArrayList<>(decision.getActionsCount());
    Decision.Builder slim = decision.toBuilder().clearActions();
    for (Action action : decision.getActionsList()) {
      long reference = share(action, neededUntilMillis);
      references.add(reference);
      if (reference == INLINE) {
        slim.addActions(action);
      }
    }
    if (slim.getActionsCount() < decision.getActionsCount()) {
      pending.setDecision(slim).addAllActionReferences(references);
    }
  }

  /** The decision with all its actions. */
  public Decision decision(PendingDecisionOrBuilder pending) {
    Decision kept = pending.getDecision();
    if (pending.getActionReferencesCount() == 0) {
      return kept;
    }
    Decision.Builder whole = kept.toBuilder().clearActions();
    int inline = 0;
    for (long reference : pending.getActionReferencesList()) {
      if (reference == INLINE) {
        whole.addActions(kept.getActions(inline));
        inline++;
      } else {
        whole.addActions(shared(reference));
      }
    }
    return whole.build();
  }

  private Action shared(long reference) {
    Shared shared = actions.get(reference);
    if (shared == null) {
      throw new IllegalStateException("an action was forgotten before its decision closed");
    }
    return shared.action;
  }

  /** A close is due at that event time: whatever was due before has been closed. */
  public void reached(long timeMillis) {
    reachedMillis = Math.max(reachedMillis, timeMillis);
  }

  private long share(Action action, long neededUntilMillis) {
    byte[] message = action.toByteArray();
    ByteBuffer hash = ByteBuffer.wrap(digest.digest(message));
    long reference = hash.getLong();
    long check = hash.getLong();
    Shared known = actions.get(reference);
    if (known != null) {
      if (known.check != check) {
        return INLINE;
      }
      known.neededUntilMillis = Math.max(known.neededUntilMillis, neededUntilMillis);
      return reference;
    }
    if (reference == INLINE || !hasRoom(message.length)) {
      return INLINE;
    }
    add(reference, new Shared(action, check, neededUntilMillis));
    return reference;
  }

  private boolean hasRoom(int messageBytes) {
    if (actions.size() >= maxActions || bytes + messageBytes > maxBytes) {
      forget();
    }
    return actions.size() < maxActions && bytes + messageBytes <= maxBytes;
  }

  private void add(long reference, Shared shared) {
    actions.put(reference, shared);
    bytes += shared.action.getSerializedSize();
  }

  private void forget() {
    actions
        .values()
        .removeIf(
            shared -> {
              boolean over = shared.neededUntilMillis < reachedMillis;
              bytes -= over ? shared.action.getSerializedSize() : 0;
              return over;
            });
  }

  /** What is still needed, for a checkpoint. */
  public SharedActions save() {
    forget();
    SharedActions.Builder saved = SharedActions.newBuilder();
    actions.forEach(
        (reference, shared) ->
            saved.addActions(
                SharedAction.newBuilder()
                    .setReference(reference)
                    .setAction(shared.action)
                    .setNeededUntilMillis(shared.neededUntilMillis)));
    return saved.build();
  }

  /**
   * Adds what a subtask saved. After a restore each subtask takes what all of them saved, so it may
   * hold more than its bound until that has left.
   *
   * @throws IllegalStateException when two subtasks refer to two actions alike
   */
  public void add(SharedActions saved) {
    for (SharedAction each : saved.getActionsList()) {
      long check = check(each.getAction());
      Shared known = actions.get(each.getReference());
      if (known == null) {
        add(each.getReference(), new Shared(each.getAction(), check, each.getNeededUntilMillis()));
      } else if (known.check == check) {
        known.neededUntilMillis = Math.max(known.neededUntilMillis, each.getNeededUntilMillis());
      } else {
        throw new IllegalStateException(
            "actions %s and %s have the same reference"
                .formatted(known.action.getId(), each.getAction().getId()));
      }
    }
  }

  private long check(Action action) {
    return ByteBuffer.wrap(digest.digest(action.toByteArray())).getLong(Long.BYTES);
  }

  /** Actions held. */
  public int size() {
    return actions.size();
  }

  /** Bytes of the actions held, as messages. */
  public long bytes() {
    return bytes;
  }
}
