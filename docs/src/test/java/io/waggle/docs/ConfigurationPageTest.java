package io.waggle.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.waggle.jobs.job.JobConfig;
import io.waggle.server.ServiceConfig;
import io.waggle.v1.SurfaceConfig;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/configuration.md has a row for every key, and no other. */
class ConfigurationPageTest {
  private static final Pattern KEY = Pattern.compile("`([a-zA-Z.]+)`");

  @Test
  void everyKeyOfTheJobsIsThere() throws IOException {
    assertThat(keys("## Jobs")).isEqualTo(components(JobConfig.class));
  }

  @Test
  void everyKeyOfTheServiceIsThere() throws IOException {
    assertThat(keys("## Ranking service")).isEqualTo(components(ServiceConfig.class));
  }

  @Test
  void everyKeyOfASurfaceIsThere() throws IOException {
    assertThat(keys("## Surfaces")).isEqualTo(fields(SurfaceConfig.getDescriptor()));
  }

  private static Set<String> components(Class<? extends Record> recordClass) {
    Set<String> names = new TreeSet<>();
    for (RecordComponent component : recordClass.getRecordComponents()) {
      if (component.getType().isRecord()) {
        Class<? extends Record> tree = component.getType().asSubclass(Record.class);
        components(tree).forEach(inner -> names.add(component.getName() + "." + inner));
      } else {
        names.add(component.getName());
      }
    }
    return names;
  }

  private static Set<String> fields(Descriptor descriptor) {
    Set<String> names = new TreeSet<>();
    for (FieldDescriptor field : descriptor.getFields()) {
      boolean tree =
          !field.isRepeated()
              && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
              && field.getMessageType().getFullName().startsWith("waggle.");
      if (tree) {
        fields(field.getMessageType())
            .forEach(inner -> names.add(field.getJsonName() + "." + inner));
      } else {
        names.add(field.getJsonName());
      }
    }
    return names;
  }

  /** The keys in the first column of a section's table. */
  private static Set<String> keys(String section) throws IOException {
    String page = Pages.read("docs/configuration.md");
    String text = page.substring(page.indexOf(section) + section.length());
    int end = text.indexOf("\n## ");
    List<String> rows = (end < 0 ? text : text.substring(0, end)).lines().toList();
    Set<String> keys = new TreeSet<>();
    for (String row : rows) {
      if (row.startsWith("| `")) {
        Matcher key = KEY.matcher(row.substring(0, row.indexOf('|', 1)));
        while (key.find()) {
          keys.add(key.group(1));
        }
      }
    }
    return keys;
  }
}
