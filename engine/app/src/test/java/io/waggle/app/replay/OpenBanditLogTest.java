package io.waggle.app.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waggle.v1.Decision;
import io.waggle.v1.TablePolicy;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenBanditLogTest {
  private static final String HEADER =
      ",timestamp,item_id,position,click,propensity_score,user_feature_0,user-item_affinity_0,user-item_affinity_1\n";

  @TempDir Path directory;

  @BeforeEach
  void items() throws IOException {
    write(
        "random/shop/item_context.csv",
        ",item_id,item_feature_0,item_feature_1\n0,0,-0.5,red\n1,1,0.25,blue\n");
  }

  @Test
  void aRowBecomesADecisionWithItsLoggedPropensityAndAReward() throws IOException {
    rows("0,2019-11-24 00:03:13.442536+00:00,1,3,1,0.5,abc,0.0,2.0\n");

    OpenBanditLog.LoggedRow row = only();
    Decision decision = row.decision();

    assertThat(decision.getPropensity()).isEqualTo(0.5);
    assertThat(decision.getOrderList()).containsExactly(1);
    assertThat(decision.getProbabilitiesList()).isEmpty();
    assertThat(decision.getEventTimeMillis()).isEqualTo(1_574_553_793_442L);
    assertThat(decision.getActionsList()).extracting("id").containsExactly("0", "1");
    assertThat(decision.getActions(1).getNamespaces(1).getName()).isEqualTo("history");
    assertThat(decision.getActions(0).getNamespacesCount()).isEqualTo(1);
    assertThat(decision.getContext(0).getFeaturesList())
        .extracting("name")
        .containsExactly("user_feature_0", "position");
    assertThat(row.reward().getDecisionId()).isEqualTo(decision.getDecisionId());
    assertThat(row.reward().getValue()).isEqualTo(1);
    assertThat(row.reward().getEventTimeMillis()).isEqualTo(decision.getEventTimeMillis());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "0,2019-11-24 00:03:13+00:00,7,3,1,0.5,a,0,0; item_id: not in the item file",
        "0,2019-11-24 00:03:13+00:00,1,3,2,0.5,a,0,0; click: out of range",
        "0,2019-11-24 00:03:13+00:00,1,3,1,0,a,0,0; propensity_score: out of range",
        "0,2019-11-24 00:03:13+00:00,1,3,1,NaN,a,0,0; propensity_score: not finite",
        "0,2019-11-24 00:03:13+00:00,1,3,x,0.5,a,0,0; click: not a number",
        "0,yesterday,1,3,1,0.5,a,0,0; timestamp: not a time",
        "0,2019-11-24 00:03:13+00:00,1,3,1; columns: 5 (expected: 9)"
      })
  void aBadRowIsNamedAndTheNextOneIsRead(String bad, String reason) throws IOException {
    rows(bad + "\n0,2019-11-24 00:03:13+00:00,1,3,0,0.5,a,0,0\n");

    try (OpenBanditLog log = open()) {
      assertThatThrownBy(log::next)
          .isInstanceOf(BadRowException.class)
          .hasMessageContaining(reason);
      assertThat(log.next()).isNotNull();
      assertThat(log.next()).isNull();
    }
  }

  @Test
  void timeNeverGoesBack() throws IOException {
    rows(
        """
        0,2019-11-24 00:03:13+00:00,1,3,0,0.5,a,0,0
        1,2019-11-24 00:03:11+00:00,1,3,0,0.5,a,0,0
        """);

    try (OpenBanditLog log = open()) {
      OpenBanditLog.LoggedRow first = log.next();
      OpenBanditLog.LoggedRow second = log.next();
      assertThat(first).isNotNull();
      assertThat(second).isNotNull();
      if (first != null && second != null) {
        assertThat(second.decision().getEventTimeMillis())
            .isEqualTo(first.decision().getEventTimeMillis());
      }
    }
  }

  @Test
  void zippedFilesAreReadToo() throws IOException {
    Path file = directory.resolve("random/shop/shop.csv.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(
          (HEADER + "0,2019-11-24 00:03:13+00:00,1,3,0,0.5,a,0,0\n")
              .getBytes(StandardCharsets.UTF_8));
    }

    assertThat(only().decision().getOrder(0)).isEqualTo(1);
    assertThat(OpenBanditLog.rowCount(OpenBanditLog.find(directory, "random", null))).isEqualTo(1);
  }

  @Test
  void theCampaignMustBeNamedWhenThereAreSeveral() throws IOException {
    rows("");
    write("random/men/men.csv", HEADER);
    write("random/men/item_context.csv", "item_id\n0\n");

    assertThatThrownBy(() -> OpenBanditLog.find(directory, "random", null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[men, shop]");
    assertThat(OpenBanditLog.find(directory, "random", "men").name()).isEqualTo("men");
  }

  @Test
  void aLogThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> OpenBanditLog.find(directory, "bts", null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bts: no such directory");
  }

  @Test
  void aTableByPositionAndOneForAllAreRead() throws IOException {
    write("by.csv", "item_id,prob_position_1,prob_position_2\n0,0.25,0.5\n1,0.75,0.5\n");
    write("all.csv", "item_id,probability\n0,0.1\n1,0.9\n");

    TablePolicy byPosition = PolicyTables.read(directory.resolve("by.csv"));
    TablePolicy everywhere = PolicyTables.read(directory.resolve("all.csv"));

    assertThat(byPosition.getContextFeature()).isEqualTo("position");
    assertThat(byPosition.getRowsList())
        .extracting("contextValue", "actionId", "probability")
        .contains(org.assertj.core.api.Assertions.tuple("2", "0", 0.5));
    assertThat(everywhere.getContextFeature()).isEmpty();
    assertThat(everywhere.getRowsCount()).isEqualTo(2);
  }

  @Test
  void aTableWithoutProbabilitiesIsRefused() throws IOException {
    write("none.csv", "item_id,alpha\n0,1\n");

    assertThatThrownBy(() -> PolicyTables.read(directory.resolve("none.csv")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("prob_position_N or probability");
  }

  private OpenBanditLog.LoggedRow only() throws IOException {
    try (OpenBanditLog log = open()) {
      OpenBanditLog.LoggedRow row = log.next();
      assertThat(row).isNotNull();
      assertThat(log.next()).isNull();
      if (row == null) {
        throw new AssertionError();
      }
      return row;
    }
  }

  private OpenBanditLog open() throws IOException {
    return OpenBanditLog.open("shop", "random", OpenBanditLog.find(directory, "random", null));
  }

  private void rows(String rows) throws IOException {
    write("random/shop/shop.csv", HEADER + rows);
  }

  private void write(String name, String text) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
