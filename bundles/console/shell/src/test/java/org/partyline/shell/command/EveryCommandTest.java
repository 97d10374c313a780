package org.partyline.shell.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.karaf.shell.support.ShellUtil;
import org.jline.utils.AttributedString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.shell.testing.AllCommands;
import org.partyline.shell.testing.FakeEngine;
import org.partyline.shell.testing.FakeSession;
import org.partyline.shell.testing.Runner;

class EveryCommandTest {
    /** Values that only an operator can know: there is nothing to complete. */
    private static final Set<String> FREE = Set.of(
            "--url",
            "--user",
            "--wallet",
            "--zmq",
            "--set",
            "--time-cost",
            "--memory",
            "--parallelism",
            "--count",
            "--after",
            "--ack",
            "--idempotency-key",
            "--most",
            "WORDS",
            "--invite",
            "--label",
            "NAME|INVITE",
            "CARD",
            "NEW-NAME",
            "TEXT");
    /** Commands that create something and take its new name. */
    private static final Set<String> MAKERS = Set.of(
            "channel-create NAME",
            "persona-create NAME",
            "contact-add --name",
            "node-add NAME",
            "token-create NAME",
            "hook-add NAME",
            "setup --persona",
            "setup --channel");

    static Stream<CommandLayout> layouts() {
        return AllCommands.FACTORIES.stream()
                .map(factory -> CommandLayout.of(factory.get().getClass()));
    }

    @Test
    void everyCommandOfTheContractIsThere() {
        Set<String> names = layouts().map(layout -> layout.command().name()).collect(Collectors.toSet());
        assertEquals(
                Set.of(
                        "setup",
                        "web-start",
                        "web-stop",
                        "web-login",
                        "web-devices",
                        "web-logout",
                        "token-create",
                        "token-list",
                        "token-revoke",
                        "hook-add",
                        "hook-list",
                        "hook-redeliver",
                        "hook-remove",
                        "tour",
                        "status",
                        "version",
                        "unlock",
                        "lock",
                        "channel-create",
                        "channel-join",
                        "channel-set",
                        "channel-leave",
                        "channel-list",
                        "channel-who",
                        "channel-invite",
                        "persona-create",
                        "persona-list",
                        "persona-use",
                        "persona-card",
                        "persona-rotate",
                        "persona-delete",
                        "contact-add",
                        "contact-list",
                        "contact-verify",
                        "contact-rename",
                        "contact-set",
                        "receipts",
                        "contact-remove",
                        "session-open",
                        "session-list",
                        "session-protect",
                        "session-close",
                        "send",
                        "say",
                        "outbox",
                        "cancel",
                        "recall",
                        "resend",
                        "react",
                        "edit",
                        "forget",
                        "messages",
                        "events",
                        "search",
                        "conversation-list",
                        "mark-read",
                        "mute",
                        "draft",
                        "read",
                        "inspect",
                        "suite-list",
                        "suite-prefer",
                        "suite-allow",
                        "suite-deny",
                        "node-list",
                        "node-add",
                        "node-remove",
                        "node-status",
                        "node-pause",
                        "node-resume",
                        "wallet-status",
                        "wallet-address",
                        "wallet-create",
                        "wallet-restore",
                        "wallet-rescan",
                        "wallet-words",
                        "wallet-label",
                        "fee-status",
                        "fee-limit",
                        "decoy-start",
                        "decoy-stop",
                        "decoy-status",
                        "privacy",
                        "backup-export",
                        "backup-import",
                        "restore-takeover",
                        "audit",
                        "doctor",
                        "config",
                        "log",
                        "panic",
                        "shred",
                        "duress-set",
                        "duress-remove",
                        "passphrase-change",
                        "secrets-status",
                        "secrets-move",
                        "demo"),
                names);
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void itsHelpHasAnExampleOfItselfAndFitsTheTerminal(CommandLayout layout) throws Exception {
        Runner runner = Runner.onTerminal(100);
        String help = runner.run(layout.command().name(), "--help");
        List<String> lines =
                AttributedString.stripAnsi(help).lines().map(String::strip).toList();
        int example = lines.indexOf("Example");
        assertTrue(example > 0, help);
        lines.subList(example + 1, lines.size())
                .forEach(line -> assertTrue(line.startsWith(layout.name()), "not an example: " + line));
        assertTrue(lines.size() > example + 1, "no example");
        lines.subList(0, example).forEach(line -> assertTrue(line.length() <= 100, "too wide: " + line));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "status",
                "channel-list",
                "conversation-list",
                "persona-list",
                "contact-list",
                "session-list",
                "audit",
                "doctor",
                "config",
                "log",
                "node-list",
                "messages",
                "outbox",
                "wallet-status",
                "fee-status",
                "fee-limit",
                "decoy-status",
                "privacy",
                "wallet-label",
                "suite-list"
            })
    void whatItListsFitsEightyColumns(String name) throws Exception {
        String printed = AttributedString.stripAnsi(Runner.onTerminal(80).run(name));
        printed.lines().forEach(line -> assertTrue(line.length() <= 80, () -> "too wide: " + line));
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void everyValueCompletes(CommandLayout layout) {
        String name = layout.command().name();
        List<String> bare = new ArrayList<>();
        layout.options().stream()
                .filter(option -> !option.isFlag() && option.completion().isEmpty())
                .filter(option -> !option.field().getType().isEnum())
                .forEach(option -> bare.add(option.option().name()));
        layout.arguments().stream()
                .filter(argument -> argument.completion().isEmpty())
                .filter(argument -> !argument.field().getType().isEnum())
                .forEach(argument -> bare.add(argument.argument().name()));
        bare.removeIf(value -> FREE.contains(value) || MAKERS.contains(name + " " + value));
        assertEquals(List.of(), bare, name);
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void noOptionTakesASecretItself(CommandLayout layout) {
        layout.options().stream()
                .map(option -> option.option().name())
                .filter(option -> option.contains("pass"))
                .forEach(option -> assertTrue(option.endsWith("-file"), option));
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void everyCommandHasJson(CommandLayout layout) {
        assertTrue(layout.option("--json").isPresent());
    }

    static Stream<CommandLayout> layoutsOfServices() {
        // The command version needs no services; those about tokens and browsers need a running web server
        // (WebCommandsTest).
        return layouts()
                .filter(layout -> !layout.command().name().matches("version|token-.*|web-(login|devices|logout)"));
    }

    @ParameterizedTest
    @MethodSource("layoutsOfServices")
    void withoutItsServiceItSaysSoInOneLine(CommandLayout layout) {
        Engine empty = Engines.none();
        Runner runner = new Runner(new FakeEngine(), FakeSession.withoutTerminal(), empty);
        String refusal = runner.refusal(layout.command().name(), plausible(layout));
        assertTrue(
                refusal.matches("Error: the [a-z]+ service is not running: try again shortly; if this persists, check "
                        + "bundle:list for bundles that are not Active"),
                refusal);
    }

    /** Returns valid arguments for a command. */
    static String[] plausible(CommandLayout layout) {
        return switch (layout.command().name()) {
            case "privacy" -> new String[] {"balanced"};
            case "log" -> new String[] {"vault", "debug"};
            case "panic" -> new String[] {"lock"};
            case "shred" -> new String[] {"channel", "lobby"};
            case "wallet-restore" -> new String[] {"--words-file", secretFile()};
            case "node-add" -> new String[] {"n", "--type", "embedded"};
            case "secrets-move" -> new String[] {"ask", "--passphrase-file", secretFile()};
            case "backup-export" -> new String[] {"x.backup", "--passphrase-file", secretFile()};
            case "backup-import" -> new String[] {"x.backup", "--original", "gone", "--passphrase-file", secretFile()};
            case "restore-takeover" -> new String[] {"--yes"};
            case "contact-set" -> new String[] {"bob", "--account", "apart"};
            case "receipts" -> new String[] {"pay", "bob"};
            case "channel-set" -> new String[] {"lobby", "--carrier", "rolling"};
            case "mark-read", "mute", "draft" -> new String[] {"--contact", "bob"};
            case "react" -> new String[] {"1", "--back"};
            case "channel-create", "channel-join" -> new String[] {"lobby", "--passphrase-file", secretFile()};
            default -> layout.arguments().stream().map(argument -> "1").toArray(String[]::new);
        };
    }

    private static String secretFile() {
        try {
            java.nio.file.Path file = java.nio.file.Files.createTempFile("secret", ".txt");
            file.toFile().deleteOnExit();
            java.nio.file.Files.writeString(file, "long enough");
            return file.toString();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void karafPrintsARefusalAsOneLineAndNothingElse() {
        Runner runner = Runner.plain();
        Exception refused = org.junit.jupiter.api.Assertions.assertThrows(
                Exception.class,
                () -> runner.command("node-status").execute(runner.session, new ArrayList<>(List.of("nowhere"))));
        ShellUtil.logException(runner.session, refused);
        assertEquals(
                "Error: there is no node 'nowhere': partyline:node-list shows them" + System.lineSeparator(),
                runner.session.printed());
    }

    @Test
    void aRefusalWithHostileTextStaysOneHarmlessLine() {
        String refusal = Runner.plain().refusal("node-status", "x\n\u001B[2J\u202Ey");
        assertEquals("Error: there is no node 'x \uFFFD[2J\uFFFDy': partyline:node-list shows them", refusal);
    }

    @Test
    void aMistakeOfOursIsALineToo() {
        FakeEngine fake = FakeEngine.furnished();
        fake.nodes.add(null);
        Runner runner = new Runner(fake, FakeSession.withoutTerminal());
        assertEquals(
                "Error: internal error in partyline:node-list: see the log, "
                        + java.nio.file.Path.of("log", "partyline.log"),
                runner.refusal("node-list"));
    }

    @Test
    void whereMemoryRanOutItSaysWhatToDo() {
        Engine engine = Engines.of(type -> java.lang.reflect.Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    throw new OutOfMemoryError();
                }));
        String refusal = new Runner(new FakeEngine(), FakeSession.withoutTerminal(), engine).refusal("channel-list");
        assertTrue(
                refusal.matches(
                        "Error: out of memory: the heap is [0-9]+ MiB. Start the server with a larger PARTYLINE_HEAP"),
                refusal);
    }

    @Test
    void theVersionIsOursAndSaysWhatItRunsOn() throws Exception {
        assertTrue(Runner.plain()
                .run("version")
                .startsWith("Mempool Partyline unknown (Karaf unknown, Java " + Runtime.version()));
    }

    @Test
    void refusalsAreRedOnATerminalOnly() {
        assertTrue(Runner.onTerminal(80).refusal("node-status", "x").startsWith("\u001B[31mError: "));
        assertFalse(Runner.plain().refusal("node-status", "x").contains("\u001B"));
    }
}
