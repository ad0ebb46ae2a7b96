package io.waggle.core.feature;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.state.session.SessionSettings;
import io.waggle.v1.Affinity;
import io.waggle.v1.Namespace;
import io.waggle.v1.Session;
import io.waggle.v1.SessionItem;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/**
 * Holds the encoding to its version. Where one of these fails, models learned before are not
 * comparable any more: raise {@link FeatureSet#VERSION}, then put what is written now in here.
 */
class FeatureSetTest {
  private static final String RAISE = "the encoding has changed: raise FeatureSet.VERSION first";
  private static final int VERSION = 1;
  private static final String TEXT =
      """
      shared |user device=ios%2017 age:0x1.f8p4 tags=a%7Cb tags=c%3Ad \
      |session length=4-7 idle=10s sessions=2-3 \
      last_item=c last_type=click last_category=sport last_two_categories=news>sport \
      count_click:0x1.62e43p0 count_view:0x1.62e43p-1 recent%3Dsport:0x1.193ea8p0 recent%3Dnews:0x1.62e43p-1 \
      affinity_total:0x1.9c03d2p0 affinity%3Dsport:0x1.8p-1 affinity%3Dnews:0x1.0p-2
      |action id=first |item price:0x1.99999ap-4
      0:-0x1.0p-2:0x1.8p-1 |action id=zweit%C3%A9
      """;
  private static final long NOW = 1_700_000_000_000L;

  @Test
  void theTextsBelowAreOfThisVersion() {
    assertThat(FeatureSet.VERSION).isEqualTo(VERSION);
  }

  @Test
  void aDecisionIsWrittenAsBefore() {
    Example example =
        new Example(
            List.of(
                Examples.namespace(
                    "user",
                    Examples.text("device", "ios 17"),
                    Examples.number("age", 31.5),
                    Examples.texts("tags", "a|b", "c:d"))),
            session(),
            List.of(
                Examples.action("first", Examples.namespace("item", Examples.number("price", 0.1))),
                Examples.action("zweité")));

    assertThat(example.labelledText(1, -0.25, 0.75)).as(RAISE).isEqualTo(TEXT);
  }

  @Test
  void everyKindOfTextAndNumberIsWrittenAsBefore() {
    CRC32C checksum = new CRC32C();
    for (int seed = 0; seed < 500; seed++) {
      Example example = Examples.random(new Random(seed));
      checksum.update(example.labelledText(0, 1, 0.5).getBytes(StandardCharsets.UTF_8));
    }

    assertThat(checksum.getValue()).as(RAISE).isEqualTo(1863081417L);
  }

  private static List<Namespace> session() {
    Session session =
        Session.newBuilder()
            .setUserId("ann")
            .setVersion(9)
            .setStartedMillis(NOW - 60_000)
            .setLastMillis(NOW - 5_000)
            .setSessionCount(3)
            .setLength(4)
            .putTypeCounts("click", 3)
            .putTypeCounts("view", 1)
            .addRecentItems(item("a", "sport", "view"))
            .addRecentItems(item("b", "news", "click"))
            .addRecentItems(item("c", "sport", "click"))
            .putAffinities("sport", affinity(3))
            .putAffinities("news", affinity(1))
            .build();
    return SessionFeatures.of(session, NOW, SessionSettings.DEFAULT);
  }

  private static SessionItem item(String id, String category, String type) {
    return SessionItem.newBuilder().setItemId(id).setCategory(category).setType(type).build();
  }

  private static Affinity affinity(double value) {
    return Affinity.newBuilder().setValue(value).setUpdatedMillis(NOW - 5_000).build();
  }
}
