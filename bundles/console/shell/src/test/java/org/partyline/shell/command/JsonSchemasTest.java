package org.partyline.shell.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.partyline.api.json.JsonValues;
import org.partyline.api.store.Store;
import org.partyline.shell.testing.AllCommands;
import org.partyline.shell.testing.JsonDocuments;
import org.partyline.shell.testing.Runner;

/**
 * Every command's document has a schema, which allows no unnamed fields. Whether the documents match is checked
 * wherever a test runs a command, by {@link Runner}, and for each command by {@link GoldenTest}.
 */
class JsonSchemasTest {
    private static final String TYPES = "types";
    private static final String TYPES_REF = TYPES + ".json#/$defs/";
    /** Commands with tests of their own, which check the document. */
    private static final Set<String> ELSEWHERE = Set.of("setup", "demo", "tour", "version");
    /** Its fields are described in docs/protocol.md; absent ones are omitted. */
    private static final String PACKET = "packet";

    static Stream<String> commands() {
        return AllCommands.FACTORIES.stream()
                .map(factory ->
                        CommandLayout.of(factory.get().getClass()).command().name());
    }

    @Test
    void everyCommandIsRunForItsDocument() {
        Set<String> run = GoldenTest.LINES.stream().map(line -> line.get(0)).collect(Collectors.toSet());
        run.addAll(ELSEWHERE);
        assertEquals(commands().collect(Collectors.toSet()), run);
    }

    @Test
    void everyCommandHasASchemaAndNothingElseHas() throws IOException {
        try (Stream<Path> files = Files.list(JsonDocuments.SCHEMAS)) {
            Set<String> names = files.map(file -> file.getFileName().toString().replaceFirst("[.]json$", ""))
                    .collect(Collectors.toCollection(TreeSet::new));
            Set<String> expected = commands().collect(Collectors.toCollection(TreeSet::new));
            expected.add(TYPES);
            assertEquals(expected, names);
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void aSchemaRefusesWhatItDoesNotName(String command) {
        assertFalse(JsonDocuments.faults(command, "{\"nonsense\":1}").isEmpty());
    }

    @Test
    void everyObjectNamesAllOfItsFieldsAndAllowsNoOther() {
        schemas()
                .forEach((name, schema) -> walk(name, schema, (where, part) -> {
                    if (!part.has("properties")) {
                        return;
                    }
                    assertFalse(
                            part.path("additionalProperties").asBoolean(true), () -> where + " allows other fields");
                    if (!where.endsWith("/" + PACKET)) {
                        assertEquals(names(part.get("properties")), texts(part.get("required")), where);
                    }
                }));
    }

    @Test
    void noTextMayBeEmptyButWhatSomebodyWrote() {
        schemas()
                .forEach((name, schema) -> walk(name, schema, (where, part) -> {
                    if (texts(part.path("type")).contains("string") && !where.endsWith("/message/properties/text")) {
                        assertTrue(
                                part.path("minLength").asInt() > 0 || part.has("enum") || part.has("pattern"),
                                () -> where + " may be empty, where it should be null");
                    }
                }));
    }

    @Test
    void statesAreInLowerCase() {
        schemas()
                .forEach((name, schema) -> walk(name, schema, (where, part) -> {
                    for (JsonNode value : part.path("enum")) {
                        assertTrue(
                                value.isNull() || value.asText().matches("[a-z][a-z0-9_ -]*"),
                                () -> where + ": " + value);
                    }
                }));
    }

    @Test
    void timesHaveMillisecondsAlways() {
        assertEquals("2026-11-24T10:00:00.000Z", JsonValues.iso(Instant.parse("2026-11-24T10:00:00Z")));
        assertEquals("2026-11-24T10:00:00.123Z", JsonValues.iso(Instant.parse("2026-11-24T10:00:00.123456Z")));
    }

    @Test
    void whatIsInsideALockedStoreIsNull() throws Exception {
        for (Store.State state : List.of(Store.State.NEW, Store.State.LOCKED)) {
            Runner runner = Runner.plain();
            runner.fake.state = state;
            JsonNode status = new ObjectMapper().readTree(runner.run("status", "--json"));
            for (String inside : List.of(
                    "personas",
                    "channels",
                    "contacts",
                    "sessions",
                    "queue",
                    "coins_sat",
                    "coins_under_way_sat",
                    "spent_sat",
                    "cover")) {
                assertTrue(status.get(inside).isNull(), inside);
            }
            runner.run("fee-status", "--json");
        }
    }

    private static Map<String, JsonNode> schemas() {
        Map<String, JsonNode> all = new LinkedHashMap<>();
        Stream.concat(commands(), Stream.of(TYPES)).forEach(name -> all.put(name, JsonDocuments.tree(name)));
        return all;
    }

    private static void walk(String where, JsonNode schema, BiConsumer<String, JsonNode> visitor) {
        if (schema.isObject()) {
            visitor.accept(where, schema);
        }
        schema.properties().forEach(part -> walk(where + "/" + part.getKey(), part.getValue(), visitor));
    }

    private static Set<String> names(JsonNode object) {
        return new TreeSet<>(object.properties().stream().map(Map.Entry::getKey).toList());
    }

    /** Returns a text or a list of texts; a field that has the keyword's name has none. */
    private static Set<String> texts(JsonNode node) {
        if (!node.isArray()) {
            return node.isTextual() ? Set.of(node.asText()) : Set.of();
        }
        return StreamSupport.stream(node.spliterator(), false)
                .filter(each -> !each.isNull())
                .map(JsonNode::asText)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
