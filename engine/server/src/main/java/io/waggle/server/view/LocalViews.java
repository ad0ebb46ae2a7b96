package io.waggle.server.view;

import io.micrometer.core.instrument.Tags;
import io.waggle.core.config.KafkaConnection;
import io.waggle.core.declared.ItemCatalogue;
import io.waggle.core.declared.ItemSource;
import io.waggle.core.rule.MessageRules;
import io.waggle.server.control.FollowedSurfaces;
import io.waggle.server.control.WriterFence;
import io.waggle.server.metric.ServerMetrics;
import io.waggle.server.metric.ViewMetrics;
import io.waggle.state.topic.Topics;
import io.waggle.state.view.KeyValueView;
import io.waggle.state.view.ViewMemory;
import io.waggle.v1.Item;
import io.waggle.v1.ItemStatistics;
import io.waggle.v1.ModelSnapshot;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.RegisteredModel;
import io.waggle.v1.Session;
import io.waggle.v1.WatchRankingsResponse;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The service's local copies: control, versions, sessions, models, evaluations, items and their
 * statistics in RocksDB, each with a reader thread, so that a model of many megabytes does not hold
 * up the sessions; and the tail of rankings. Reads from any thread, also while Kafka is away.
 */
public final class LocalViews implements ItemSource, AutoCloseable {
  private static final int RECORDS_PER_POLL = 500;
  // Parts of models are up to 1 MiB each.
  private static final int MODEL_PARTS_PER_POLL = 32;

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final List<ViewReader> readers = new ArrayList<>();
  private final List<ReaderThread> threads = new ArrayList<>();
  private final KafkaSource kafka;
  private final ServerMetrics metrics;
  private final InstantSource clock;
  private final SessionView sessions;
  private final EvaluationView evaluations;
  private final VersionView versions;
  private final ItemView<Item> items;
  private final ItemCatalogues catalogues;
  private final ItemView<ItemStatistics> itemStatistics;

  /**
   * Opens the views, serves the models they hold, and starts reading.
   *
   * @param directory one folder per view is made in it
   * @param surfaces what topic control says goes there; models of its policies are served
   * @param fence what topic control says of the job in charge goes there, and is asked of models
   *     and evaluations
   * @param damagedModels takes each part of a model that is broken or completes a broken model
   * @param rankings takes each pushed ranking
   */
  public LocalViews(
      KafkaConnection connection,
      Path directory,
      ViewMemory memory,
      FollowedSurfaces surfaces,
      WriterFence fence,
      ModelSink models,
      Consumer<ModelSnapshot> damagedModels,
      Consumer<WatchRankingsResponse> rankings,
      ServerMetrics metrics,
      InstantSource clock) {
    this.metrics = metrics;
    this.clock = clock;
    this.kafka = new KafkaSource(connection);
    open.push(kafka);
    try {
      KeyValueView controlStore = open(directory, Topics.CONTROL, memory);
      KeyValueView versionStore = open(directory, Topics.VERSIONS, memory);
      KeyValueView sessionStore = open(directory, Topics.SESSIONS, memory);
      KeyValueView modelStore = open(directory, Topics.MODELS, memory);
      KeyValueView evaluationStore = open(directory, Topics.EVALUATIONS, memory);
      KeyValueView itemStore = open(directory, Topics.ITEMS, memory);
      KeyValueView statisticStore = open(directory, Topics.ITEM_STATISTICS, memory);
      ViewMetrics ofControl = metrics.view(Topics.CONTROL);
      ViewMetrics ofVersions = metrics.view(Topics.VERSIONS);
      ViewMetrics ofSessions = metrics.view(Topics.SESSIONS);
      ViewMetrics ofModels = metrics.view(Topics.MODELS);
      ViewMetrics ofEvaluations = metrics.view(Topics.EVALUATIONS);
      ViewMetrics ofItems = metrics.view(Topics.ITEMS);
      ViewMetrics ofStatistics = metrics.view(Topics.ITEM_STATISTICS);
      MessageRules rules = new MessageRules();
      items =
          new ItemView<>(
              itemStore,
              Item.parser(),
              (key, item) ->
                  key.equals(Topics.itemKey(item.getSurface(), item.getItemId()))
                      && rules.check(item).isEmpty(),
              ofItems);
      catalogues = new ItemCatalogues(itemStore, items, System::nanoTime);
      itemStatistics =
          new ItemView<>(
              statisticStore,
              ItemStatistics.parser(),
              (key, item) -> key.equals(Topics.itemKey(item.getSurface(), item.getItemId())),
              ofStatistics);
      sessions = new SessionView(sessionStore, ofSessions, metrics.interactionToSession(), clock);
      evaluations = new EvaluationView(evaluationStore, fence, ofEvaluations);
      versions = new VersionView(versionStore, ofVersions);
      // Before the models, so that those of policies added at run time are served too.
      ControlView control = new ControlView(controlStore, surfaces, fence, ofControl);
      control.restore();
      ModelView modelView =
          new ModelView(
              modelStore, models, fence, damagedModels, ofModels, metrics.rewardToServing(), clock);
      surfaces.onChange(modelView::follow);
      follow(Topics.CONTROL, controlStore, control, ofControl, RECORDS_PER_POLL);
      follow(Topics.SESSIONS, sessionStore, sessions, ofSessions, RECORDS_PER_POLL);
      follow(Topics.MODELS, modelStore, modelView, ofModels, MODEL_PARTS_PER_POLL);
      follow(Topics.EVALUATIONS, evaluationStore, evaluations, ofEvaluations, RECORDS_PER_POLL);
      follow(Topics.VERSIONS, versionStore, versions, ofVersions, RECORDS_PER_POLL);
      follow(Topics.ITEMS, itemStore, catalogues, ofItems, RECORDS_PER_POLL);
      follow(
          Topics.ITEM_STATISTICS, statisticStore, itemStatistics, ofStatistics, RECORDS_PER_POLL);
      RankingsTail tail =
          new RankingsTail(Topics.RANKINGS, rankings, metrics.view(Topics.RANKINGS));
      read(Topics.RANKINGS, tail, RECORDS_PER_POLL);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private KeyValueView open(Path directory, String topic, ViewMemory memory) {
    KeyValueView view = KeyValueView.open(directory.resolve(topic), memory);
    open.push(view);
    return view;
  }

  private void follow(
      String topic, KeyValueView store, ViewListener listener, ViewMetrics of, int maxRecords) {
    ViewReader reader = new ViewReader(topic, store, kafka, listener, of, clock);
    readers.add(reader);
    Tags tags = Tags.of("view", topic);
    metrics.gauge("waggle.view.lag.records", tags, reader, r -> r.progress().lagRecords());
    metrics.gauge("waggle.view.caught.up", tags, reader, r -> r.progress().caughtUp() ? 1 : 0);
    metrics.gauge("waggle.view.unreached.seconds", tags, reader, ViewReader::unreachedSeconds);
    read(topic, reader, maxRecords);
  }

  private void read(String topic, TopicReader reader, int maxRecords) {
    ReaderThread thread =
        new ReaderThread("waggle-view-" + topic, () -> kafka.consumer(maxRecords), reader);
    threads.add(thread);
    open.push(thread);
  }

  /** The user's session or null. */
  public @Nullable Session session(String userId) {
    return sessions.find(userId);
  }

  @Override
  public @Nullable Item item(String surface, String itemId) {
    return items.find(surface, itemId);
  }

  @Override
  public @Nullable ItemStatistics statistics(String surface, String itemId) {
    return itemStatistics.find(surface, itemId);
  }

  @Override
  public ItemCatalogue catalogue(String surface) {
    return catalogues.find(surface);
  }

  @Override
  public ItemCatalogue catalogue(String surface, List<String> named) {
    return catalogues.find(surface, named);
  }

  /** The policy's newest evaluation over all decisions or null. */
  public @Nullable PolicyEvaluation evaluation(String surface, String policy) {
    return evaluations.find(surface, policy);
  }

  /** The policy's newest evaluations by segment, without that over all decisions. */
  public List<PolicyEvaluation> evaluationsBySegment(String surface, String policy) {
    return evaluations.segments(surface, policy);
  }

  /** The version as the registry keeps it or null. */
  public @Nullable RegisteredModel registered(String surface, String policy, long version) {
    return versions.find(surface, policy, version);
  }

  /** Every version that the registry keeps of those surfaces and policies; empty: of all. */
  public List<RegisteredModel> registered(String surface, String policy) {
    return versions.list(surface, policy);
  }

  /** True once what topic control held at the start has been read. */
  public boolean knowsControl() {
    return progress().stream()
        .anyMatch(view -> view.topic().equals(Topics.CONTROL) && view.caughtUp());
  }

  /** How far each view is. */
  public List<ViewProgress> progress() {
    return readers.stream().map(ViewReader::progress).toList();
  }

  /** Ends the readers, then closes what they write to. */
  @Override
  public void close() {
    threads.forEach(ReaderThread::stop);
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) {
        throw new IllegalStateException("could not close a view", e);
      }
    }
  }
}
