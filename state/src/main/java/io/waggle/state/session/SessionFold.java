package io.waggle.state.session;

import io.waggle.v1.Affinity;
import io.waggle.v1.Interaction;
import io.waggle.v1.PastSession;
import io.waggle.v1.Session;
import io.waggle.v1.SessionItem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Folds one interaction into a user's session. Pure: same inputs, same output; any thread. Costs a
 * few microseconds: everything it walks is bounded by the constants below.
 *
 * <p>Time is event time. A pause longer than the gap starts a new session: its counts and items
 * start anew, affinities and remembered ids go on. An interaction older than the newest by at most
 * the gap belongs to the current session wherever it arrives; it may move the session's start back
 * but never its newest time.
 *
 * <p>Such an interaction may also close the pause before the current session: then the session
 * before it and the current one were one all along, and become it. Only the last one can be met:
 * the session before that ended more than two gaps before the current one began. So the sessions
 * are those of the interactions in the order of their times, whatever the order in which they
 * arrive within the gap.
 */
public final class SessionFold {
  /** Types counted in a session; occurrences of further types only count in the length. */
  public static final int MAX_TYPES = 32;

  /** Items remembered in a session; the oldest leaves. */
  public static final int MAX_ITEMS = 20;

  /** Categories with an affinity; the weakest of the others leaves for a new one. */
  public static final int MAX_AFFINITIES = 50;

  /** Interaction ids remembered, over all sessions; the one that arrived first leaves. */
  public static final int MAX_IDS = 32;

  /** What became of an interaction. */
  public enum Outcome {
    /** It changed the session. */
    FOLDED,
    /** Its id is among the newest 32: dropped. */
    DUPLICATE,
    /** It is older than the session's newest by more than the gap: counted, and added to tastes. */
    LATE
  }

  /** The session after the interaction (unchanged for a duplicate) and what became of it. */
  public record Folded(Session session, Outcome outcome) {}

  private final SessionSettings settings;
  private final long gapMillis;

  public SessionFold(SessionSettings settings) {
    this.settings = settings;
    this.gapMillis = settings.gap().toMillis();
  }

  /**
   * Folds; {@code previous} is null for a user never seen. An interaction without an id is never
   * taken for a duplicate; one without an item or category leaves items or affinities as they are.
   *
   * @throws IllegalArgumentException when the interaction's time is not positive, or it is another
   *     user's
   */
  public Folded fold(@Nullable Session previous, Interaction interaction) {
    requireFoldable(previous, interaction);
    long timeMillis = interaction.getEventTimeMillis();
    if (previous == null) {
      return folded(begin(interaction), interaction);
    }
    if (isDuplicate(previous, interaction)) {
      return new Folded(previous, Outcome.DUPLICATE);
    }
    if (previous.getLastMillis() - timeMillis > gapMillis) {
      return late(previous, interaction);
    }
    Session.Builder session = previous.toBuilder();
    if (timeMillis - previous.getLastMillis() > gapMillis) {
      startSession(session, timeMillis);
      PastSession past = past(previous);
      if (mayMeet(past, timeMillis)) {
        session.setPast(past);
      } else {
        session.clearPast();
      }
    }
    return folded(session, interaction);
  }

  private static void requireFoldable(@Nullable Session previous, Interaction interaction) {
    if (interaction.getEventTimeMillis() <= 0) {
      throw new IllegalArgumentException(
          "event_time_millis: " + interaction.getEventTimeMillis() + " (expected: above 0)");
    }
    if (previous != null && !previous.getUserId().equals(interaction.getUserId())) {
      throw new IllegalArgumentException("user_id: (expected: the session's user)");
    }
  }

  private static boolean isDuplicate(Session session, Interaction interaction) {
    String id = interaction.getInteractionId();
    return !id.isEmpty() && session.getRecentInteractionIdsList().contains(id);
  }

  private Folded late(Session previous, Interaction interaction) {
    // Its id is remembered, so that a repeat of a late interaction is a duplicate and not late
    // again. Affinities do not depend on the order of arrival, so it still counts in them, decayed
    // by its age; but an old taste does not push out a present one. The version stays: serving
    // sees them with the next interaction.
    Session.Builder session = previous.toBuilder().setLateCount(previous.getLateCount() + 1);
    if (session.getAffinitiesCount() < MAX_AFFINITIES
        || session.containsAffinities(interaction.getCategory())) {
      addAffinity(session, interaction);
    }
    rememberId(session, interaction.getInteractionId());
    return new Folded(session.build(), Outcome.LATE);
  }

  private static Session.Builder begin(Interaction interaction) {
    Session.Builder session = Session.newBuilder().setUserId(interaction.getUserId());
    startSession(session, interaction.getEventTimeMillis());
    return session;
  }

  /** True: an interaction of that time, or one that may come after it, can join the two. */
  private boolean mayMeet(PastSession past, long lastMillis) {
    return lastMillis - gapMillis <= past.getLastMillis() + gapMillis;
  }

  private void keepOrJoinPast(Session.Builder session, long timeMillis) {
    if (!session.hasPast()) {
      return;
    }
    PastSession past = session.getPast();
    if (timeMillis - past.getLastMillis() <= gapMillis) {
      join(session, past);
    } else if (!mayMeet(past, session.getLastMillis())) {
      session.clearPast();
    }
  }

  private static void join(Session.Builder session, PastSession past) {
    session
        .clearPast()
        .setStartedMillis(past.getStartedMillis())
        .setSessionCount(session.getSessionCount() - 1)
        .setLength(session.getLength() + past.getLength());
    // Types in the order of their names: the order of a protobuf map must not decide.
    for (Map.Entry<String, Long> entry : new TreeMap<>(past.getTypeCountsMap()).entrySet()) {
      count(session, entry.getKey(), entry.getValue());
    }
    List<SessionItem> items = new ArrayList<>(past.getRecentItemsList());
    items.addAll(session.getRecentItemsList());
    session
        .clearRecentItems()
        .addAllRecentItems(items.subList(Math.max(0, items.size() - MAX_ITEMS), items.size()));
    List<Long> hashes = session.getItemHashesList();
    for (long hash : past.getItemHashesList()) {
      hashes = ItemHashes.with(hashes, hash);
    }
    setHashes(session, hashes);
  }

  /** Copies first: the list may be the builder's own. */
  private static void setHashes(Session.Builder session, List<Long> hashes) {
    List<Long> copy = List.copyOf(hashes);
    session.clearItemHashes().addAllItemHashes(copy);
  }

  private static PastSession past(Session session) {
    return PastSession.newBuilder()
        .setStartedMillis(session.getStartedMillis())
        .setLastMillis(session.getLastMillis())
        .setLength(session.getLength())
        .putAllTypeCounts(session.getTypeCountsMap())
        .addAllRecentItems(session.getRecentItemsList())
        .addAllItemHashes(session.getItemHashesList())
        .build();
  }

  private static void startSession(Session.Builder session, long timeMillis) {
    session
        .setStartedMillis(timeMillis)
        .setLastMillis(timeMillis)
        .setSessionCount(session.getSessionCount() + 1)
        .setLength(0)
        .clearTypeCounts()
        .clearRecentItems()
        .clearItemHashes();
  }

  private Folded folded(Session.Builder session, Interaction interaction) {
    long timeMillis = interaction.getEventTimeMillis();
    session
        .setVersion(session.getVersion() + 1)
        .setStartedMillis(Math.min(session.getStartedMillis(), timeMillis))
        .setLastMillis(Math.max(session.getLastMillis(), timeMillis))
        .setLength(session.getLength() + 1);
    keepOrJoinPast(session, timeMillis);
    count(session, interaction.getType(), 1);
    rememberItem(session, interaction);
    addAffinity(session, interaction);
    rememberId(session, interaction.getInteractionId());
    return new Folded(session.build(), Outcome.FOLDED);
  }

  private static void count(Session.Builder session, String type, long more) {
    long count = session.getTypeCountsOrDefault(type, 0);
    if (count > 0 || session.getTypeCountsCount() < MAX_TYPES) {
      session.putTypeCounts(type, count + more);
    }
  }

  private static void rememberItem(Session.Builder session, Interaction interaction) {
    if (interaction.getItemId().isEmpty()) {
      return;
    }
    List<Long> hashes = session.getItemHashesList();
    List<Long> more = ItemHashes.with(hashes, ItemHashes.hash(interaction.getItemId()));
    if (more.size() > hashes.size()) {
      setHashes(session, more);
    }
    long timeMillis = interaction.getEventTimeMillis();
    int index = session.getRecentItemsCount();
    while (index > 0 && session.getRecentItems(index - 1).getTimeMillis() > timeMillis) {
      index--;
    }
    session.addRecentItems(
        index,
        SessionItem.newBuilder()
            .setItemId(interaction.getItemId())
            .setCategory(interaction.getCategory())
            .setType(interaction.getType())
            .setTimeMillis(timeMillis)
            .build());
    if (session.getRecentItemsCount() > MAX_ITEMS) {
      session.removeRecentItems(0);
    }
  }

  private void addAffinity(Session.Builder session, Interaction interaction) {
    String category = interaction.getCategory();
    if (category.isEmpty()) {
      return;
    }
    long timeMillis = interaction.getEventTimeMillis();
    Affinity known = session.getAffinitiesMap().get(category);
    if (known != null) {
      session.putAffinities(
          category, Affinities.add(known, timeMillis, settings.affinityHalfLife()));
      return;
    }
    // The newcomer always gets a place: were it weighed against the others, a user with fifty
    // strong tastes could never acquire another.
    if (session.getAffinitiesCount() >= MAX_AFFINITIES) {
      session.removeAffinities(weakest(session));
    }
    session.putAffinities(category, Affinities.first(timeMillis));
  }

  private String weakest(Session.Builder session) {
    String weakest = "";
    double least = Double.POSITIVE_INFINITY;
    for (Map.Entry<String, Affinity> entry : session.getAffinitiesMap().entrySet()) {
      double strength =
          Affinities.strength(
              entry.getValue(), session.getLastMillis(), settings.affinityHalfLife());
      // Equal strengths go by name: the order of a protobuf map must not decide.
      if (strength < least || (strength == least && entry.getKey().compareTo(weakest) < 0)) {
        weakest = entry.getKey();
        least = strength;
      }
    }
    return weakest;
  }

  private static void rememberId(Session.Builder session, String id) {
    if (id.isEmpty()) {
      return;
    }
    if (session.getRecentInteractionIdsCount() < MAX_IDS) {
      session.addRecentInteractionIds(id);
      return;
    }
    int count = session.getRecentInteractionIdsCount();
    List<String> kept =
        List.copyOf(session.getRecentInteractionIdsList().subList(count - MAX_IDS + 1, count));
    session
        .clearRecentInteractionIds()
        .addAllRecentInteractionIds(kept)
        .addRecentInteractionIds(id);
  }
}
