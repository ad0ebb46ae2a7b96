package io.waggle.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.waggle.core.rule.MessageRules;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.v1.DeleteItemsRequest;
import io.waggle.v1.PutItemsRequest;
import io.waggle.v1.RankRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The examples of docs/items.md are what the service and the jobs take. */
class ItemsPageTest {
  private static final Pattern CALL = Pattern.compile("8080(/v1/\\S+) -H [^\\n]*?-d '([^']*)'");
  private static final Map<String, Supplier<Message.Builder>> REQUESTS =
      Map.of(
          "/v1/items", PutItemsRequest::newBuilder,
          "/v1/items/delete", DeleteItemsRequest::newBuilder,
          "/v1/rank", RankRequest::newBuilder);

  @Test
  void theBodiesOfTheCallsAreValidRequests() throws IOException {
    List<String> paths = new ArrayList<>();
    Matcher call = CALL.matcher(Pages.read("docs/items.md"));
    while (call.find()) {
      Message.Builder request =
          Objects.requireNonNull(REQUESTS.get(call.group(1)), call.group(1)).get();
      JsonFormat.parser().merge(call.group(2), request);

      assertThat(new MessageRules().check(request.build())).as(call.group()).isEmpty();
      paths.add(call.group(1));
    }
    assertThat(paths).containsExactly("/v1/items", "/v1/rank", "/v1/rank", "/v1/items/delete");
  }

  @Test
  void theSurfaceIsOne() throws IOException {
    String page = Pages.read("docs/items.md");
    int from = page.indexOf("```yaml\n") + "```yaml\n".length();
    Surface surface =
        Surface.of(SurfaceFiles.parse(page.substring(from, page.indexOf("```", from))));

    assertThat(surface.config().getFeaturesList())
        .extracting(feature -> feature.getKindCase().name())
        .containsExactly("ITEM_STATISTIC", "ITEM_ATTRIBUTE", "ITEM_ATTRIBUTE");
  }
}
