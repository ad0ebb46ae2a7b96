package io.waggle.jobs.job;

import com.google.protobuf.ByteString;
import io.waggle.core.model.Learners;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.signal.RandomInteractions;
import io.waggle.state.model.ModelParts;
import io.waggle.state.model.ServableModel;
import io.waggle.v1.Action;
import io.waggle.v1.Control;
import io.waggle.v1.Decision;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Interaction;
import io.waggle.v1.Item;
import io.waggle.v1.ModelSnapshot;
import io.waggle.v1.Namespace;
import io.waggle.v1.RankRequest;
import io.waggle.v1.Session;
import io.waggle.v1.Signal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * What the session job of the kept savepoints is given; never to be changed. Before the moment:
 * some of the interactions, a model, and what is known of an item; after it the others, and a
 * request to rank. Matches are half open at the moment.
 */
final class SessionScenario {
  static final long MODEL_VERSION = 77;

  /** The request's decision. */
  static final String DECISION = "after";

  private static final int INTERACTIONS = 300;
  private static final int MOMENT = 130;
  private static final String LEARNER = "--cb_explore_adf --epsilon 0.1 -b 8 -q sa";
  private static final Surfaces SURFACES =
      new Surfaces(
          List.of(
              Surface.of(
                  SurfaceFiles.parse(
                      """
                      name: shop
                      livePolicy: learner
                      reward: {}
                      policies:
                        - {name: learner, vowpalWabbit: {arguments: %s}}
                      catalogue: [{id: item0}, {id: item1}, {id: item2}]
                      push: {enabled: true, logDecisions: true}
                      features:
                        - {name: clicks, window: {of: {types: [click]}, windows: [3600s, 86400s]}}
                        - {name: last_items, last: {field: item_id}}
                        - {name: activity, decayed: {halfLife: 3600s}}
                        - {name: seen, seen: {}}
                        - {name: position, session: {aspect: SESSION_ASPECT_POSITION}}
                        - {name: click_rate, itemStatistic: {of: {types: [click]}, per: {types: [view]}, prior: 0.1, halfLife: 86400s}}
                      signals:
                        - name: cart-abandonment
                          within: 86400s
                          steps:
                            - {name: cart, interaction: cart}
                            - {name: order, interaction: order, follow: SIGNAL_FOLLOW_NOT_BY, sameItemAs: cart}
                        - name: hesitation
                          within: 1800s
                          once: SIGNAL_ONCE_LAST
                          steps:
                            - {name: click, interaction: click, times: 3, exactly: true, sameItemAs: click}
                      """
                          .formatted(LEARNER)))));

  private static final List<Interaction> ALL = RandomInteractions.of(11, "shop", INTERACTIONS);

  private final CollectingSink<Session> sessions = new CollectingSink<>();
  private final CollectingSink<Signal> signals = new CollectingSink<>();
  private final CollectingSink<Decision> decisions = new CollectingSink<>();

  /** Up to the moment. */
  Feed defineBefore(StreamExecutionEnvironment environment) {
    return define(
        environment, "before", ALL.subList(0, MOMENT), List.of(), model(), List.of(item()), false);
  }

  /** After it, the first half; the request comes with it. */
  Feed defineThen(StreamExecutionEnvironment environment) {
    return define(
        environment,
        "then",
        ALL.subList(MOMENT, (MOMENT + INTERACTIONS) / 2),
        List.of(request()),
        List.of(),
        List.of(),
        false);
  }

  /** The rest, to the end of event time. */
  void defineRest(StreamExecutionEnvironment environment) {
    define(
        environment,
        "rest",
        ALL.subList((MOMENT + INTERACTIONS) / 2, INTERACTIONS),
        List.of(),
        List.of(),
        List.of(),
        true);
  }

  /** All at once. */
  void defineAll(StreamExecutionEnvironment environment) {
    define(environment, "all", ALL, List.of(), List.of(), List.of(), true);
  }

  /** The newest session of each user. */
  Map<String, Session> newest() {
    return newest(sessions);
  }

  /** The newest session of each user that a job wrote. */
  static Map<String, Session> newest(CollectingSink<Session> sessions) {
    Map<String, Session> newest = new HashMap<>();
    for (Session session : sessions.elements()) {
      newest.merge(
          session.getUserId(),
          session,
          (one, other) -> one.getVersion() > other.getVersion() ? one : other);
    }
    return newest;
  }

  /** Signals by id that ended after the moment. */
  Map<String, Signal> signalsAfter() {
    long momentMillis = ALL.get(MOMENT - 1).getEventTimeMillis();
    Map<String, Signal> byId = new TreeMap<>();
    signals.elements().stream()
        .filter(signal -> signal.getEndedMillis() > momentMillis)
        .forEach(signal -> byId.put(signal.getSignalId(), signal));
    return byId;
  }

  /** Of those, which had begun before it. */
  List<Signal> signalsAcross() {
    long momentMillis = ALL.get(MOMENT - 1).getEventTimeMillis();
    return signalsAfter().values().stream()
        .filter(signal -> signal.getStartedMillis() <= momentMillis)
        .toList();
  }

  /** The decision of the request. */
  Decision decision() {
    return decisions.elements().stream()
        .filter(decision -> decision.getDecisionId().equals(DECISION))
        .findFirst()
        .orElseThrow();
  }

  static Namespace known() {
    return Namespace.newBuilder()
        .setName("article")
        .addFeatures(
            Feature.newBuilder()
                .setName("words")
                .setValue(FeatureValue.newBuilder().setNumber(820)))
        .build();
  }

  private Feed define(
      StreamExecutionEnvironment environment,
      String run,
      List<Interaction> interactions,
      List<RankRequest> requests,
      List<ModelSnapshot> models,
      List<Item> items,
      boolean ends) {
    Feed feed = new Feed(environment, run, ends);
    SessionJob.define(
        new SessionJob.Inputs(
            feed.events(
                "interactions", Interaction.class, interactions, Interaction::getEventTimeMillis),
            feed.updates("requests", RankRequest.class, requests),
            feed.updates("models", ModelSnapshot.class, models),
            feed.updates("control", Control.class, List.of()),
            feed.updates("items", Item.class, items)),
        new SessionJob.Outputs(
            sessions,
            signals,
            new CollectingSink<>(),
            decisions,
            new CollectingSink<>(),
            new CollectingSink<>()),
        SURFACES);
    return feed;
  }

  private static List<ModelSnapshot> model() {
    try (var learner = Learners.open(LEARNER, null, 0.01)) {
      return ModelParts.split(
          new ServableModel(
              "shop",
              "learner",
              MODEL_VERSION,
              ByteString.copyFrom(learner.modelBytes()),
              LEARNER,
              0,
              RandomInteractions.START,
              0,
              0));
    }
  }

  private static Item item() {
    return Item.newBuilder()
        .setSurface("shop")
        .setItemId("item0")
        .addAttributes(known())
        .setUpdatedMillis(RandomInteractions.START)
        .build();
  }

  private static RankRequest request() {
    return RankRequest.newBuilder()
        .setDecisionId(DECISION)
        .setSurface("shop")
        .setUserId("u0")
        .addActions(Action.newBuilder().setId("item0"))
        .addActions(Action.newBuilder().setId("item1"))
        .build();
  }
}
