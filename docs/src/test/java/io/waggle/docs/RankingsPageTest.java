package io.waggle.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.v1.ConstraintConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The surfaces that docs/rankings.md shows are read as they stand, and show every constraint. */
class RankingsPageTest {
  private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

  @TempDir Path folder;

  @Test
  void everySurfaceIsAcceptedAndEveryConstraintShown() throws IOException {
    Set<ConstraintConfig.KindCase> shown = EnumSet.noneOf(ConstraintConfig.KindCase.class);
    int surfaces = 0;
    for (String yaml :
        YAML.matcher(Pages.read("docs/rankings.md"))
            .results()
            .map((MatchResult block) -> block.group(1))
            .toList()) {
      Path file = Files.writeString(folder.resolve("surface-" + surfaces++ + ".yaml"), yaml);

      Surface surface = Surface.of(SurfaceFiles.read(file).get(0));

      surface.config().getConstraintsList().forEach(each -> shown.add(each.getKindCase()));
    }

    assertThat(surfaces).isEqualTo(2);
    assertThat(shown)
        .isEqualTo(EnumSet.complementOf(EnumSet.of(ConstraintConfig.KindCase.KIND_NOT_SET)));
  }
}
