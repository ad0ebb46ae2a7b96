package io.waggle.jobs.session;

import io.waggle.v1.Action;
import io.waggle.v1.Feature;
import io.waggle.v1.Interaction;
import io.waggle.v1.Namespace;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.Comparator;
import java.util.GregorianCalendar;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The features of {@link FeaturesFixture}, computed anew from a user's raw interactions as the
 * declaration's words say: no tiles, no recurrences, no sketches. Written apart from the engine.
 */
final class NaiveFeatures {
  private static final long GAP = 30 * 60_000;
  private static final long HOUR = 3_600_000;

  /** A number that the engine may miss by so much: from, to. */
  record Range(double from, double to) {
    static Range exactly(double value) {
      double slack = 1e-9 * Math.max(1, Math.abs(value));
      return new Range(value - slack, value + slack);
    }
  }

  /** What the learner should see, by {@code namespace.name}: a {@link Range} or a set of texts. */
  private final Map<String, Object> expected = new TreeMap<>();

  private final List<Interaction> all;
  private final List<Interaction> front;
  private final List<Interaction> inSession;
  private final List<Interaction> session;
  private final long now;

  /**
   * As of a time.
   *
   * @param known the user's interactions that arrived before the request, each once
   * @param requestMillis the request's time
   */
  NaiveFeatures(List<Interaction> known, long requestMillis) {
    all = known.stream().sorted(Comparator.comparingLong(Interaction::getEventTimeMillis)).toList();
    long newest = all.isEmpty() ? 0 : all.get(all.size() - 1).getEventTimeMillis();
    now = Math.max(newest, requestMillis);
    front = of(all, interaction -> interaction.getSurface().equals("front"));
    session = sessions().isEmpty() ? List.of() : sessions().get(sessions().size() - 1);
    inSession = lasts() ? of(session, front::contains) : List.of();
  }

  Map<String, Object> shared(List<Namespace> context) {
    expected.clear();
    windows();
    decays();
    lists();
    sketches();
    sessionAspects();
    request(context);
    return expected;
  }

  Map<String, Object> action(Action action) {
    expected.clear();
    String section = text(action.getNamespacesList(), "about", "section");
    Map<String, Double> tastes = tastes();
    double sum = tastes.values().stream().mapToDouble(Double::doubleValue).sum();
    if (tastes.containsKey(section)) {
      expected.put("item.fits", Range.exactly(tastes.get(section) / sum));
    }
    if (!of(inSession, type("view").and(item(action.getId()))).isEmpty()) {
      expected.put("item.seen", Range.exactly(1));
    }
    int clicks = of(inSession, type("click").and(item(action.getId()))).size();
    if (clicks > 0) {
      expected.put("item.clicked", Range.exactly(Math.log(1 + clicks)));
    }
    List<Interaction> clicked =
        of(inSession, type("click").and(each -> !each.getCategory().isEmpty()));
    if (!clicked.isEmpty() && clicked.get(clicked.size() - 1).getCategory().equals(section)) {
      expected.put("item.same", Range.exactly(1));
    }
    texts("item.title", words(text(action.getNamespacesList(), "about", "title"), 20));
    double cost = number(action.getNamespacesList(), "about", "cost");
    expected.put("item.cost", Range.exactly(Math.min(5, Math.max(-5, (cost - 10) / 2))));
    return expected;
  }

  private void windows() {
    for (Map.Entry<String, Long> window :
        Map.of("clicks_10m", HOUR / 6, "clicks_1h", HOUR, "clicks_1d", 24 * HOUR).entrySet()) {
      long length = window.getValue();
      expected.put(
          "history." + window.getKey(),
          new Range(
              of(front, type("click").and(youngerThan(length * 59 / 60))).size(),
              of(front, type("click").and(youngerThan(length))).size()));
    }
    double from = 0;
    double to = 0;
    for (Interaction interaction : front) {
      from += youngerThan(2 * HOUR * 59 / 60).test(interaction) ? price(interaction) : 0;
      to += youngerThan(2 * HOUR).test(interaction) ? price(interaction) : 0;
    }
    expected.put("history.spent_2h", new Range(from - 1e-9, to + 1e-9));
  }

  private void decays() {
    expected.put("history.activity", Range.exactly(decayed(front, HOUR)));
    double worth = 0;
    for (Interaction interaction : front) {
      worth += price(interaction) * decay(interaction, HOUR / 2);
    }
    expected.put("history.worth", Range.exactly(worth));
    double clicks = decayed(of(front, type("click")), 2 * HOUR);
    double views = decayed(of(front, type("view")), 2 * HOUR);
    expected.put("history.click_rate", Range.exactly((clicks + 10 * 0.1) / (views + 10)));
    Map<String, Double> tastes = tastes();
    double sum = tastes.values().stream().mapToDouble(Double::doubleValue).sum();
    tastes.forEach(
        (category, taste) -> expected.put("history.taste=" + category, Range.exactly(taste / sum)));
  }

  private void lists() {
    Set<String> items = new LinkedHashSet<>();
    Set<String> brands = new LinkedHashSet<>();
    for (int i = front.size() - 1; i >= 0; i--) {
      if (items.size() < 4 && !front.get(i).getItemId().isEmpty()) {
        items.add(front.get(i).getItemId());
      }
      String brand = text(front.get(i).getPropertiesList(), "brand");
      if (brands.size() < 5 && !brand.isEmpty() && inSession.contains(front.get(i))) {
        brands.add(brand);
      }
    }
    texts("history.last_items", items);
    texts("history.session_brands", brands);
    List<Interaction> clicks = of(front, type("click"));
    expected.put(
        "history.since_click",
        Set.of(
            clicks.isEmpty()
                ? "never"
                : time(now - clicks.get(clicks.size() - 1).getEventTimeMillis())));
  }

  private void sketches() {
    Set<String> items = new HashSet<>();
    front.forEach(interaction -> items.add(interaction.getItemId()));
    items.remove("");
    // Five standard errors beyond what is told apart exactly.
    double slack = items.size() <= 32 ? 0 : 5 * 0.046 * items.size();
    expected.put("history.items", new Range(items.size() - slack, items.size() + slack));
    List<Double> prices =
        front.stream()
            .filter(interaction -> !Double.isNaN(number(interaction.getPropertiesList(), "price")))
            .map(NaiveFeatures::price)
            .sorted()
            .toList();
    Map<String, Double> quantiles = Map.of("p25", 0.25, "p50", 0.5, "p90", 0.9);
    for (Map.Entry<String, Double> quantile : quantiles.entrySet()) {
      if (!prices.isEmpty()) {
        double price = prices.get((int) (quantile.getValue() * (prices.size() - 1)));
        expected.put(
            "history.price_" + quantile.getKey(),
            new Range(price * 0.98 - 1e-9, price * 1.02 + 1e-9));
      }
    }
  }

  private void sessionAspects() {
    Set<String> rankings = new HashSet<>();
    inSession.forEach(interaction -> rankings.add(interaction.getDecisionId()));
    rankings.remove("");
    expected.put("history.length", Set.of(count(lasts() ? session.size() : 0)));
    expected.put("history.position", Set.of(count(rankings.size())));
    expected.put("history.visits", Set.of(count(sessions().size() + (lasts() ? 0 : 1))));
    if (lasts()) {
      long started = session.get(0).getEventTimeMillis();
      expected.put("history.age", Set.of(time(now - started)));
      if (session.size() > 1) {
        long last = session.get(session.size() - 1).getEventTimeMillis();
        expected.put("history.dwell", Set.of(time((last - started) / (session.size() - 1))));
      }
    }
    if (!inSession.isEmpty()) {
      expected.put("history.entry_type", Set.of(inSession.get(0).getType()));
      String category = inSession.get(0).getCategory();
      texts("history.entry_category", category.isEmpty() ? Set.of() : Set.of(category));
    }
  }

  private void request(List<Namespace> context) {
    String zone = text(context, "user", "zone");
    Calendar calendar =
        new GregorianCalendar(
            TimeZone.getTimeZone(zone.contains("/") ? zone : "Europe/Paris"), Locale.ROOT);
    calendar.setTimeInMillis(now);
    int hour = calendar.get(Calendar.HOUR_OF_DAY);
    int day = calendar.get(Calendar.DAY_OF_WEEK);
    expected.put("request.local_hour", Set.of("" + hour));
    expected.put(
        "request.local_daypart",
        Set.of(hour < 6 ? "night" : hour < 12 ? "morning" : hour < 18 ? "afternoon" : "evening"));
    expected.put(
        "request.local_weekday",
        Set.of(List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat").get(day - 1)));
    expected.put(
        "request.local_weekend", Set.of("" + (day == Calendar.SATURDAY || day == Calendar.SUNDAY)));
    texts("request.query", words(text(context, "query", "text"), 3));
    double age = number(context, "user", "age");
    expected.put("request.age_group", Set.of(age < 18 ? "..18" : age < 40 ? "18..40" : "40.."));
  }

  private void texts(String name, Set<String> texts) {
    if (!texts.isEmpty()) {
      expected.put(name, texts);
    }
  }

  private Map<String, Double> tastes() {
    Map<String, Double> tastes = new LinkedHashMap<>();
    for (Interaction interaction : front) {
      if (!interaction.getCategory().isEmpty()) {
        tastes.merge(interaction.getCategory(), decay(interaction, HOUR), Double::sum);
      }
    }
    return tastes;
  }

  private List<List<Interaction>> sessions() {
    List<List<Interaction>> sessions = new ArrayList<>();
    long last = Long.MIN_VALUE / 2;
    for (Interaction interaction : all) {
      if (interaction.getEventTimeMillis() - last > GAP) {
        sessions.add(new ArrayList<>());
      }
      sessions.get(sessions.size() - 1).add(interaction);
      last = interaction.getEventTimeMillis();
    }
    return sessions;
  }

  private boolean lasts() {
    return !all.isEmpty() && now - all.get(all.size() - 1).getEventTimeMillis() <= GAP;
  }

  private double decayed(List<Interaction> interactions, long halfLife) {
    return interactions.stream().mapToDouble(each -> decay(each, halfLife)).sum();
  }

  private double decay(Interaction interaction, long halfLife) {
    return Math.pow(0.5, (now - interaction.getEventTimeMillis()) / (double) halfLife);
  }

  private Predicate<Interaction> youngerThan(long millis) {
    return interaction -> now - interaction.getEventTimeMillis() < millis;
  }

  private static Predicate<Interaction> type(String type) {
    return interaction -> interaction.getType().equals(type);
  }

  private static Predicate<Interaction> item(String id) {
    return interaction -> interaction.getItemId().equals(id);
  }

  private static List<Interaction> of(List<Interaction> all, Predicate<Interaction> which) {
    return all.stream().filter(which).toList();
  }

  private static double price(Interaction interaction) {
    double price = number(interaction.getPropertiesList(), "price");
    return Double.isNaN(price) ? 0 : price;
  }

  private static String time(long millis) {
    long seconds = millis / 1000;
    if (seconds < 10) {
      return "10s";
    }
    if (seconds < 60) {
      return "1m";
    }
    if (seconds < 300) {
      return "5m";
    }
    if (seconds < 3600) {
      return "1h";
    }
    long days = seconds / 86_400;
    return days < 1 ? "1d" : days < 7 ? "7d" : days < 30 ? "30d" : "longer";
  }

  private static String count(long count) {
    if (count < 2) {
      return "" + count;
    }
    return count < 4 ? "2-3" : count < 8 ? "4-7" : count < 16 ? "8-15" : "16+";
  }

  private static Set<String> words(String text, int most) {
    Set<String> words = new LinkedHashSet<>();
    for (String word : text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+", -1)) {
      if (!word.isEmpty() && words.size() < most) {
        words.add(word);
      }
    }
    return words;
  }

  private static String text(List<Namespace> namespaces, String namespace, String name) {
    return namespaces.stream()
        .filter(each -> each.getName().equals(namespace))
        .map(each -> text(each.getFeaturesList(), name))
        .findFirst()
        .orElse("");
  }

  private static String text(List<Feature> features, String name) {
    return features.stream()
        .filter(each -> each.getName().equals(name))
        .map(each -> each.getValue().getText())
        .findFirst()
        .orElse("");
  }

  private static double number(List<Namespace> namespaces, String namespace, String name) {
    return namespaces.stream()
        .filter(each -> each.getName().equals(namespace))
        .mapToDouble(each -> number(each.getFeaturesList(), name))
        .findFirst()
        .orElse(Double.NaN);
  }

  private static double number(List<Feature> features, String name) {
    return features.stream()
        .filter(each -> each.getName().equals(name))
        .mapToDouble(each -> each.getValue().getNumber())
        .findFirst()
        .orElse(Double.NaN);
  }
}
