package io.waggle.server.metric;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.waggle.v1.ConstraintEffect;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What the service counts, as Prometheus shows it on {@code /metrics}. Any thread.
 *
 * <p>Equations that hold whenever nothing is under way, and that tests check:
 *
 * <pre>
 * records sent by apps = sum over outcome of waggle_feedback_total{kind}
 * waggle_items_selected_total{surface} = sum of items_selected in answers
 * waggle_items_ranked_total{surface} = actions of their decisions
 * waggle_watch_rankings_total = delivered + lost + waiting in watchers' queues
 * </pre>
 *
 * <ul>
 *   <li>{@code waggle_rank_requests_total{outcome}}: ok, invalid, unknown_surface, error
 *   <li>{@code waggle_rank_seconds}: from the parsed request to its answer, without the network
 *   <li>{@code waggle_decisions_}..., {@code waggle_spool_}...: {@link SpoolMetrics}
 *   <li>{@code waggle_actions_excluded_total{surface,constraint}}, {@code _penalized_}, {@code
 *       _pinned_}, {@code waggle_places_kept_back_total}, {@code waggle_constraint_unmet_total}:
 *       what constraints did
 *   <li>{@code waggle_retrievals_total{surface}}, {@code waggle_items_selected_total}, {@code
 *       waggle_items_ranked_total}: rankings of items that the request selects, how many it
 *       selected, how many of them were ranked
 *   <li>{@code waggle_feedback_total{kind,outcome}}: kind interaction, reward, activation, item,
 *       item_deletion; outcome accepted, refused, unavailable
 *   <li>{@code waggle_view_records_total{view}}, {@code waggle_view_lag_records{view}}, {@code
 *       waggle_view_caught_up{view}}, {@code waggle_view_unreached_seconds{view}}, {@code
 *       waggle_view_resets_total{view}}, {@code waggle_view_unreadable_total{view}}: the local
 *       copies
 *   <li>{@code waggle_model_version{surface,policy}}, {@code waggle_model_age_seconds}, {@code
 *       waggle_model_events_learned}, {@code waggle_models_refused}, {@code
 *       waggle_models_damaged_total}: what is served and what cannot be; {@code
 *       waggle_dead_letters_lost_total}: records of the latter that did not reach Kafka
 *   <li>{@code waggle_writer_epoch}, {@code waggle_writer_stale_records_total}, {@code
 *       waggle_writer_rival_records_total}: the largest epoch of a learning job seen, parts of
 *       models and evaluations of smaller ones that were refused, and those of jobs whose epoch
 *       another job holds
 *   <li>{@code waggle_control_refused_total}, {@code waggle_control_undone_total}: records of
 *       control that broke a rule, and changes undone by a writer that did not know them
 *   <li>{@code waggle_reward_to_serving_seconds}: from the join receiving the oldest reward that a
 *       version is the first to know to that version answering requests: the longest any reward of
 *       it waited
 *   <li>{@code waggle_interaction_to_session_seconds}: from an interaction's event time to its
 *       session being seen by Rank; includes how late the app sent it. A signal counts too
 *   <li>{@code waggle_watchers}, {@code waggle_watch_rankings_total}, {@code
 *       waggle_watch_delivered_total}, {@code waggle_watch_lost_total}: streams of rankings
 *   <li>{@code waggle_recent_decisions_bytes}: kept to be explained
 * </ul>
 *
 * Delays are recorded only after a view has caught up: catching up after an outage is no delay of
 * the loop.
 */
public final class ServerMetrics {
  private final MeterRegistry registry;
  private final Map<RankOutcome, Counter> ranks = new EnumMap<>(RankOutcome.class);
  private final SpoolMetrics spool;
  private final Counter watchMatched;
  private final Counter watchDelivered;
  private final Counter watchLost;
  private final Counter modelsDamaged;
  private final Counter deadLettersLost;
  private final Counter controlRefused;
  private final Counter controlUndone;
  private final Delays rank;
  private final Delays rewardToServing;
  private final Delays interactionToSession;

  public ServerMetrics(MeterRegistry registry) {
    this.registry = registry;
    for (RankOutcome outcome : RankOutcome.values()) {
      ranks.put(
          outcome,
          Counter.builder("waggle.rank.requests")
              .tag("outcome", lower(outcome))
              .register(registry));
    }
    spool = new SpoolMetrics(registry, InstantSource.system());
    watchMatched = registry.counter("waggle.watch.rankings");
    watchDelivered = registry.counter("waggle.watch.delivered");
    watchLost = registry.counter("waggle.watch.lost");
    modelsDamaged = registry.counter("waggle.models.damaged");
    deadLettersLost = registry.counter("waggle.dead.letters.lost");
    controlRefused = registry.counter("waggle.control.refused");
    controlUndone = registry.counter("waggle.control.undone");
    rank = delays("waggle.rank", "Parsed request to answer", Duration.ofNanos(10_000));
    rewardToServing =
        delays(
            "waggle.reward.to.serving",
            "Oldest new reward of a model received to that model serving",
            Duration.ofMillis(1));
    interactionToSession =
        delays(
            "waggle.interaction.to.session",
            "Event time of an interaction to its session being seen",
            Duration.ofMillis(1));
  }

  private Delays delays(String name, String description, Duration smallest) {
    return new Delays(registry, name, description, smallest);
  }

  /** A ranking request ended. */
  public void ranked(RankOutcome outcome, Duration took) {
    counter(ranks, outcome).increment();
    rank.record(took);
  }

  /** Constraints did something to a ranking. */
  public void constrained(String surface, List<ConstraintEffect> effects) {
    for (ConstraintEffect effect : effects) {
      Tags tags = Tags.of("surface", surface, "constraint", effect.getConstraint());
      add("waggle.actions.excluded", tags, effect.getExcludedCount());
      add("waggle.actions.penalized", tags, effect.getPenalized());
      add("waggle.actions.pinned", tags, effect.getPinned().isEmpty() ? 0 : 1);
      add("waggle.places.kept.back", tags, effect.getKeptBack());
      add("waggle.constraint.unmet", tags, effect.getUnmet());
    }
  }

  /** A ranking of items that were selected was made. */
  public void retrieved(String surface, int selected, int ranked) {
    Tags tags = Tags.of("surface", surface);
    add("waggle.retrievals", tags, 1);
    add("waggle.items.selected", tags, selected);
    add("waggle.items.ranked", tags, ranked);
  }

  private void add(String name, Tags tags, int count) {
    if (count > 0) {
      registry.counter(name, tags).increment(count);
    }
  }

  /** What became of decisions on their way to Kafka. */
  public SpoolMetrics spool() {
    return spool;
  }

  /** Records of one kind of feedback ended. */
  public void feedback(String kind, FeedbackOutcome outcome, int records) {
    registry.counter("waggle.feedback", "kind", kind, "outcome", lower(outcome)).increment(records);
  }

  /** A pushed ranking is for a watcher. */
  public void watchMatched() {
    watchMatched.increment();
  }

  /** A pushed ranking was handed to its watcher's connection. */
  public void watchDelivered() {
    watchDelivered.increment();
  }

  /** Pushed rankings were lost by a slow or leaving watcher. */
  public void watchLost(int rankings) {
    watchLost.increment(rankings);
  }

  /** A part of a model was broken, or made a version whose parts or checksum do not fit. */
  public void modelDamaged() {
    modelsDamaged.increment();
  }

  /** A dead letter did not reach Kafka. */
  public void deadLetterLost() {
    deadLettersLost.increment();
  }

  /** A record of control broke a rule and is not followed. */
  public void controlRefused() {
    controlRefused.increment();
  }

  /** A change of control undid one that its writer did not know. */
  public void controlUndone() {
    controlUndone.increment();
  }

  /** Changes undone by writers that did not know them, so far. */
  public long controlUndoneCount() {
    return (long) controlUndone.count();
  }

  /** The counters of one local copy. */
  public ViewMetrics view(String view) {
    return new ViewMetrics(registry, view);
  }

  /** Records of learning jobs that are no longer in charge. */
  public Counter staleRecords() {
    return registry.counter("waggle.writer.stale.records");
  }

  /** Records of learning jobs whose epoch another job holds. */
  public Counter rivalRecords() {
    return registry.counter("waggle.writer.rival.records");
  }

  /** A gauge that reads its owner whenever it is scraped; keeps the owner reachable. */
  public <T> Gauge gauge(String name, Tags tags, T owner, ToDoubleFunction<T> value) {
    return Gauge.builder(name, owner, value).tags(tags).strongReference(true).register(registry);
  }

  /** A counter that its owner keeps, read whenever it is scraped while others hold the owner. */
  public <T> void counter(String name, Tags tags, T owner, ToDoubleFunction<T> value) {
    FunctionCounter.builder(name, owner, value).tags(tags).register(registry);
  }

  /** A gauge that is no longer of anything. */
  public void remove(Gauge gauge) {
    var unused = registry.remove(gauge);
  }

  /** Parsed request to answer. */
  public Delays rank() {
    return rank;
  }

  /** Newest reward of a model received to that model serving. */
  public Delays rewardToServing() {
    return rewardToServing;
  }

  /** Event time of an interaction to its session being seen. */
  public Delays interactionToSession() {
    return interactionToSession;
  }

  /** Rankings answered so far. */
  public long ranksAnswered() {
    return (long) counter(ranks, RankOutcome.OK).count();
  }

  /** Decisions that Kafka has. */
  public long decisionsLogged() {
    return spool.loggedCount();
  }

  /** Decisions lost. */
  public long decisionsDropped() {
    return spool.droppedCount();
  }

  /** Decisions on their way. */
  public long decisionsPending() {
    return spool.pending();
  }

  private static Counter counter(Map<RankOutcome, Counter> counters, RankOutcome outcome) {
    Counter counter = counters.get(outcome);
    if (counter == null) {
      throw new IllegalStateException("no counter for " + outcome);
    }
    return counter;
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
