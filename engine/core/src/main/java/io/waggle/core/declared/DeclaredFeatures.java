package io.waggle.core.declared;

import io.waggle.core.feature.MovingNumbers;
import io.waggle.v1.Action;
import io.waggle.v1.FeatureConfig;
import io.waggle.v1.Namespace;
import io.waggle.v1.Session;
import io.waggle.v1.SurfaceConfig;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Encodes the declared features of a surface as of a request's time. Called by the ranker for every
 * request, on any thread. Actions get the namespaces of their items first, so that declared
 * features of actions see these too.
 *
 * <p>What it answers is what the decision logs, and so what is learned. It depends on nothing but
 * its input, with one exception: a number in the form {@code online} is scaled by the numbers that
 * this object met before.
 */
public final class DeclaredFeatures {
  /** Surfaces whose plans are kept; above it all are made anew. */
  private static final int PLANS_BOUND = 4_096;

  private final ItemSource items;
  private final ConcurrentMap<String, Planned> plans = new ConcurrentHashMap<>();

  /**
   * The features of one request.
   *
   * @param shared namespaces of user and request, shared by all actions
   * @param actions the actions in their order, their declared features behind what they had; the
   *     list that was given where there are none
   */
  public record Encoded(List<Namespace> shared, List<Action> actions) {}

  /** Of actions that are all there is to know. */
  public DeclaredFeatures() {
    this(ItemSource.NONE);
  }

  /** The same with what is known of the actions' items. */
  public DeclaredFeatures(ItemSource items) {
    this.items = items;
  }

  private record Planned(SurfaceConfig surface, FeaturePlan plan) {}

  /**
   * Encodes.
   *
   * @param surface the surface's checked configuration
   * @param gap pause that ends the surface's sessions
   * @param session the user's session; null: none is known
   * @param context what the app sent with the request
   * @param actions what is to be ranked
   * @param timeMillis the request's time, milliseconds since 1970 UTC
   */
  public Encoded encode(
      SurfaceConfig surface,
      Duration gap,
      @Nullable Session session,
      List<Namespace> context,
      List<Action> actions,
      long timeMillis) {
    Request request = request(surface, gap, session, context, timeMillis);
    return new Encoded(request.shared(), request.actions(actions));
  }

  /**
   * The same in steps, for who has to know what is shared before the actions are known.
   *
   * @param surface the surface's checked configuration
   * @param gap pause that ends the surface's sessions
   * @param session the user's session; null: none is known
   * @param context what the app sent with the request
   * @param timeMillis the request's time, milliseconds since 1970 UTC
   */
  public Request request(
      SurfaceConfig surface,
      Duration gap,
      @Nullable Session session,
      List<Namespace> context,
      long timeMillis) {
    String name = surface.getName();
    if (surface.getFeaturesCount() == 0) {
      return new Request(name, items, null);
    }
    Session known = session == null ? Session.getDefaultInstance() : session;
    return new Request(
        name,
        items,
        new PlannedRequest(
            plan(surface), Situation.of(name, known, gap.toMillis(), context, timeMillis, items)));
  }

  private record PlannedRequest(FeaturePlan plan, Situation at) {}

  /** One request's features, each encoded when asked for, so to be asked for once. One thread. */
  public static final class Request {
    private final String surface;
    private final ItemSource items;
    private final @Nullable PlannedRequest planned;

    private Request(String surface, ItemSource items, @Nullable PlannedRequest planned) {
      this.surface = surface;
      this.items = items;
      this.planned = planned;
    }

    /** Namespaces of user and request, shared by all actions. */
    public List<Namespace> shared() {
      return planned == null ? List.of() : planned.plan().shared(planned.at());
    }

    /** The actions in their order, with their items' namespaces and their declared features. */
    public List<Action> actions(List<Action> given) {
      return planned == null
          ? ItemNamespaces.ALL.addTo(given, surface, items)
          : planned.plan().actions(planned.at(), given);
    }

    /**
     * All items of the surface as actions; the same object as long as nothing changes. Null: they
     * are not listed here.
     *
     * @param named if not empty these are enough, see {@link ItemSource#catalogue(String, List)}
     * @throws IllegalArgumentException as {@code items: value (expected: ...)} when they are more
     *     than can be ranked
     */
    public @Nullable CatalogueActions catalogue(List<String> named) {
      ItemCatalogue catalogue =
          named.isEmpty() ? items.catalogue(surface) : items.catalogue(surface, named);
      return catalogue == null
          ? null
          : catalogue.actions(planned == null ? FeaturePlan.NONE : planned.plan());
    }

    /**
     * The declared features of a catalogue's actions that are one number each and depend on more
     * than the item: on the user, on the time.
     *
     * @param selected the actions to compute them for
     */
    public MovingNumbers numbers(CatalogueActions catalogue, int[] selected) {
      return planned == null
          ? MovingNumbers.NONE
          : planned.plan().numbers(planned.at(), catalogue, selected);
    }
  }

  private FeaturePlan plan(SurfaceConfig surface) {
    Planned planned = plans.get(surface.getName());
    if (planned != null && isSame(planned.surface(), surface)) {
      return planned.plan();
    }
    if (plans.size() >= PLANS_BOUND) {
      plans.clear();
    }
    return plans.compute(surface.getName(), (name, known) -> planned(known, surface)).plan();
  }

  /** A changed surface with the same features keeps its plan, and with it what was met online. */
  private static Planned planned(@Nullable Planned known, SurfaceConfig surface) {
    List<FeatureConfig> features = surface.getFeaturesList();
    return known != null && known.surface().getFeaturesList().equals(features)
        ? new Planned(surface, known.plan())
        : new Planned(surface, new FeaturePlan(features));
  }

  @SuppressWarnings("ReferenceEquality") // The usual case costs nothing; the other is compared.
  private static boolean isSame(SurfaceConfig one, SurfaceConfig other) {
    return one == other;
  }
}
