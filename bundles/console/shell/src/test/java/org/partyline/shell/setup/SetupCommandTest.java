package org.partyline.shell.setup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.karaf.shell.impl.console.JLineTerminal;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.impl.DumbTerminal;
import org.jline.utils.NonBlocking;
import org.jline.utils.NonBlockingPumpReader;
import org.jline.utils.NonBlockingReader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.engine.Backups.Original;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Nodes;
import org.partyline.api.engine.Personas;
import org.partyline.api.health.Doctor;
import org.partyline.api.store.Store;
import org.partyline.shell.command.Engine;
import org.partyline.shell.command.Engines;
import org.partyline.shell.testing.FakeEngine;
import org.partyline.shell.testing.FakeSession;
import org.partyline.shell.testing.Runner;
import org.partyline.shell.testing.Samples;

class SetupCommandTest {
    private static final String STORE_SECRET = "the store's secret";
    private static final String CHANNEL_SECRET = "the channel's secret";

    @TempDir
    Path directory;

    private final FakeEngine fake = new FakeEngine();
    private String storeFile;
    private String channelFile;

    @BeforeEach
    void anEmptyServer() throws Exception {
        fake.state = Store.State.NEW;
        storeFile = file("store.txt", STORE_SECRET);
        channelFile = file("channel.txt", CHANNEL_SECRET);
    }

    private String file(String name, String content) throws Exception {
        Path path = directory.resolve(name);
        Files.writeString(path, content + "\n");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        return path.toString();
    }

    private void allSecretsAreWiped() {
        fake.secrets.forEach(secret -> assertArrayEquals(new char[secret.length], secret));
    }

    @Test
    void itRunsUnattended() throws Exception {
        Runner runner = new Runner(fake, FakeSession.withoutTerminal());
        String printed = runner.run(
                "setup",
                "--yes",
                "--passphrase-file",
                storeFile,
                "--persona",
                "alice",
                "--channel",
                "lobby",
                "--channel-passphrase-file",
                channelFile,
                "--json");
        JsonNode document = new ObjectMapper().readTree(printed);
        assertEquals("alice", document.get("persona").asText());
        assertEquals("embedded", document.get("node").asText());
        assertEquals("lobby", document.get("channel").get("name").asText());
        assertEquals(Samples.INVITE, document.get("invite").asText());
        assertEquals(List.of(STORE_SECRET, CHANNEL_SECRET), fake.secretTexts);
        assertEquals(Map.of("embedded embedded", Map.of()), fake.added);
        allSecretsAreWiped();
        assertFalse(printed.contains("secret"));
    }

    @Test
    void itEndsWithALookAtWhatIsUnsafeAndWithSomethingToDo() throws Exception {
        String[] words = {"--yes", "--passphrase-file", storeFile};
        String printed = new Runner(fake, FakeSession.withoutTerminal()).run("setup", words);
        assertTrue(
                printed.contains("Before the first message: 1 point unsafe, 1 warning (partyline:doctor)."), printed);
        assertTrue(printed.contains("  channel-create lobby      creates a place to talk"), printed);
        assertTrue(printed.strip().endsWith("After a restart, open the store with partyline:unlock."), printed);
    }

    @Test
    void withoutTheDoctorItIsMadeAllTheSame() throws Exception {
        String printed = new Runner(fake, FakeSession.withoutTerminal(), fake.engineWithout(Doctor.class))
                .run("setup", "--yes", "--passphrase-file", storeFile);
        assertTrue(printed.contains("The store is created and open."), printed);
        assertTrue(printed.contains("the doctor service is not running"), printed);
    }

    @Test
    void itTakesBitcoinCoreAndJoinsByInvite() throws Exception {
        Runner runner = new Runner(fake, FakeSession.withoutTerminal());
        String printed = runner.run(
                "setup",
                "--yes",
                "--node-type",
                "rpc",
                "--url",
                "http://127.0.0.1:18443",
                "--cookie-file",
                "/c",
                "--wallet",
                "w",
                "--zmq",
                "tcp://127.0.0.1:1",
                "--network",
                "regtest",
                "--passphrase-file",
                storeFile,
                "--invite",
                Samples.INVITE,
                "--channel-passphrase-file",
                channelFile);
        assertEquals(
                Map.of(
                        "core rpc",
                        Map.of(
                                "url",
                                "http://127.0.0.1:18443",
                                "cookie-file",
                                "/c",
                                "wallet",
                                "w",
                                "zmq",
                                "tcp://127.0.0.1:1",
                                "network",
                                "regtest")),
                fake.added);
        assertTrue(printed.contains("me is in channel lobby"), printed);
    }

    @Test
    void itAsksWhatNoOptionSays() throws Exception {
        FakeSession session = FakeSession.withTerminal(100, 60)
                .answer("", "", "alice", "", "", STORE_SECRET, STORE_SECRET, CHANNEL_SECRET, CHANNEL_SECRET);
        String printed = new Runner(fake, session).run("setup");
        assertEquals(9, session.prompts.size(), session.prompts.toString());
        assertEquals(
                List.of(true, true, true, true),
                session.masks.subList(5, 9).stream()
                        .map(mask -> mask != null && mask == 0)
                        .toList());
        assertEquals("alice", fake.personas.get(0).name());
        assertEquals("lobby", fake.channels.get(0).name());
        assertFalse(printed.contains("secret"), printed);
        assertTrue(printed.contains(Samples.INVITE));
        allSecretsAreWiped();
    }

    @Test
    void itAsksAboutBitcoinCoreWhatItNeeds() throws Exception {
        FakeSession session = FakeSession.withTerminal(100, 60)
                .answer("rpc", "regtest", "", "", "", "", "", "alice", "none", STORE_SECRET, STORE_SECRET);
        new Runner(fake, session).run("setup");
        assertEquals(Map.of("core rpc", Map.of("network", "regtest")), fake.added);
        assertEquals("Its network [mainnet]: ", session.prompts.get(1));
        assertEquals("Wallet that pays, or nothing to receive only: ", session.prompts.get(4));
    }

    @Test
    void aUserWithAPasswordFileIsTakenAsAnOptionAndAsAnAnswer() throws Exception {
        String password = file("rpc-password", "the node's secret");
        new Runner(fake, FakeSession.withoutTerminal())
                .run(
                        "setup",
                        "--yes",
                        "--node-type",
                        "rpc",
                        "--user",
                        "olga",
                        "--password-file",
                        password,
                        "--passphrase-file",
                        storeFile);
        Map<String, String> byUser = Map.of("user", "olga", "password-file", password);
        assertEquals(Map.of("core rpc", byUser), fake.added);

        FakeEngine second = new FakeEngine();
        second.state = Store.State.NEW;
        second.nodeRefusals.add("cookie-file|node core cannot read the cookie file; set user and password-file");
        FakeSession session = FakeSession.withTerminal(100, 60)
                .answer("rpc", "regtest", "", "", "", "olga", password)
                .answer("", "", "", "alice", "none", STORE_SECRET, STORE_SECRET);
        new Runner(second, session).run("setup");
        assertEquals("olga", second.added.get("core rpc").get("user"));
        assertEquals(password, second.added.get("core rpc").get("password-file"));
        assertFalse(second.added.get("core rpc").containsKey("cookie-file"));
    }

    @Test
    void theServersOwnWalletMayPay() throws Exception {
        FakeSession session = FakeSession.withTerminal(100, 60)
                .answer("rpc", "regtest", "", "", "local", "", "", "alice", "none", STORE_SECRET, STORE_SECRET);
        new Runner(fake, session).run("setup");
        assertEquals(Map.of("core rpc", Map.of("network", "regtest")), fake.added);
    }

    @Test
    void whereAStoreIsLockedItSaysWhatToDo() {
        fake.state = Store.State.LOCKED;
        String refusal = new Runner(fake, FakeSession.withoutTerminal()).refusal("setup", "--yes");
        assertEquals(
                "Error: this server already has a store: open it with partyline:unlock, and setup adds what "
                        + "is missing; or start another server with PARTYLINE_HOME set to a new directory",
                refusal);
    }

    @Test
    void whereNothingIsMissingItSaysSo() {
        FakeEngine done = FakeEngine.furnished();
        assertEquals(
                "Error: this server is already set up: see partyline:status, or start another one with "
                        + "PARTYLINE_HOME set to a new directory",
                new Runner(done, FakeSession.withoutTerminal()).refusal("setup", "--yes"));
        assertTrue(done.secrets.isEmpty());
    }

    @Test
    void whatIsMissingIsAddedToAStoreThatIsOpen() throws Exception {
        fake.state = Store.State.OPEN;
        FakeSession session =
                FakeSession.withTerminal(100, 60).answer("", "alice", "", "", CHANNEL_SECRET, CHANNEL_SECRET);
        String printed = new Runner(fake, session).run("setup");
        assertEquals(List.of(CHANNEL_SECRET), fake.secretTexts);
        assertEquals("alice", fake.personas.get(0).name());
        assertTrue(printed.contains("alice is in channel lobby"), printed);
    }

    @Test
    void aPersonaThatHasANameKeepsIt() {
        fake.state = Store.State.OPEN;
        fake.personas.set(0, Samples.persona(1, "bob", true));
        assertEquals(
                "Error: the persona bob already exists: create another one with partyline:persona-create alice",
                new Runner(fake, FakeSession.withoutTerminal()).refusal("setup", "--yes", "--persona", "alice"));
    }

    @Test
    void anAnswerThatWillNotDoIsAskedForAgainAtOnce() throws Exception {
        fake.nodeRefusals.addAll(List.of(
                "cookie-file|node core cannot read its cookie /c",
                "network|it is on regtest, not signet",
                "",
                "wallet|node core has no wallet purse",
                "",
                "zmq|node core does not publish at tcp://127.0.0.1:1",
                ""));
        FakeSession session = FakeSession.withTerminal(100, 60)
                .answer("rpc", "moon", "signet", "", "/c", "", "", "regtest", "purse", "bob", "tcp://127.0.0.1:1", "")
                .answer("")
                .answer("a name that is too long for a nickname", "alice", "create", "x".repeat(65), "lobby")
                .answer("short", STORE_SECRET, STORE_SECRET + "x", STORE_SECRET, STORE_SECRET)
                .answer(CHANNEL_SECRET, CHANNEL_SECRET);
        String printed = new Runner(fake, session).run("setup");
        assertEquals(Map.of("core rpc", Map.of("network", "regtest", "wallet", "bob")), fake.added);
        assertEquals(List.of(STORE_SECRET, CHANNEL_SECRET), fake.secretTexts);
        for (String said : List.of(
                "Not accepted: there is no network 'moon'",
                "Not accepted: node core cannot read its cookie /c.",
                "Not accepted: node core has no wallet purse.",
                "Not accepted: node core does not publish at tcp://127.0.0.1:1.",
                "Not accepted: a nickname has at most 32 bytes: choose another one.",
                "Not accepted: a channel's name must have 1 to 64 bytes",
                "Too short: use at least 8 characters.",
                "The two entries differ. Try again.")) {
            assertTrue(printed.replaceAll("\\s+", " ").contains(said), said + "\n" + printed);
        }
        assertEquals("Its network [signet]: ", session.prompts.get(7), "only what is wrong is asked for again");
        allSecretsAreWiped();
    }

    @Test
    void afterAWrongAddressEnterStillMeansThisMachine() throws Exception {
        fake.nodeRefusals.addAll(List.of("url|url = 'localhots': it must be http://HOST:PORT", "", "", ""));
        FakeSession session = FakeSession.withTerminal(100, 60)
                .answer("rpc", "regtest", "localhots", "", "", "", "", "")
                .answer("alice", "none", STORE_SECRET, STORE_SECRET);
        new Runner(fake, session).run("setup");
        assertEquals(Map.of("core rpc", Map.of("network", "regtest")), fake.added);
    }

    @Test
    void whatAnOptionSaysOfBitcoinCoreIsTriedInItsTurnAndNotAskedFor() throws Exception {
        FakeSession session = FakeSession.withTerminal(100, 60).answer("", "alice", "none", STORE_SECRET, STORE_SECRET);
        session.currentDir(directory);
        new Runner(fake, session)
                .run(
                        "setup",
                        "--node-type",
                        "rpc",
                        "--network",
                        "regtest",
                        "--url",
                        "http://127.0.0.1:1",
                        "--cookie-file",
                        "own.cookie",
                        "--wallet",
                        "purse",
                        "--zmq",
                        "tcp://127.0.0.1:2");
        Map<String, String> reached = Map.of(
                "network",
                "regtest",
                "url",
                "http://127.0.0.1:1",
                "cookie-file",
                directory.resolve("own.cookie").toString());
        Map<String, String> paying = with(reached, "wallet", "purse");
        Map<String, String> whole = with(paying, "zmq", "tcp://127.0.0.1:2");
        assertEquals(List.of(reached, paying, whole), fake.checked);
        assertEquals(Map.of("core rpc", whole), fake.added);
        assertEquals(
                List.of("File of a backup to restore, or nothing for a new start: "), session.prompts.subList(0, 1));
    }

    private static Map<String, String> with(Map<String, String> settings, String key, String value) {
        Map<String, String> more = new HashMap<>(settings);
        more.put(key, value);
        return more;
    }

    @Test
    void theEmbeddedNodeIsTriedToo() {
        fake.nodeRefusals.add("a node named 'embedded' already exists");
        assertEquals(
                "Error: a node named 'embedded' already exists",
                new Runner(fake, FakeSession.withoutTerminal())
                        .refusal("setup", "--yes", "--passphrase-file", storeFile));
        assertEquals(Store.State.NEW, fake.state);
    }

    @Test
    void anInviteThatIsNoneIsAskedForAgain() throws Exception {
        FakeSession session = FakeSession.withTerminal(200, 60)
                .answer("", "", "alice", "join", "", Samples.INVITE, STORE_SECRET, STORE_SECRET)
                .answer("", CHANNEL_SECRET);
        String printed = new Runner(fake, session).run("setup");
        assertTrue(printed.contains("Not accepted: a channel's name must have 1 to 64 bytes."), printed);
        assertTrue(printed.contains("Wrong passphrase. Try again."), printed);
        assertTrue(printed.contains("alice is in channel lobby"), printed);
        assertEquals(List.of(STORE_SECRET, CHANNEL_SECRET), fake.secretTexts);
        allSecretsAreWiped();
    }

    @Test
    void aChannelWhoseKeyCannotBeDerivedIsRefusedBeforeAnythingIsMade() {
        fake.refusedInvite = Optional.of("the key derivation ARGON2ID is not here");
        assertEquals(
                "Error: the key derivation ARGON2ID is not here",
                new Runner(fake, FakeSession.withoutTerminal())
                        .refusal(
                                "setup",
                                "--yes",
                                "--passphrase-file",
                                storeFile,
                                "--channel",
                                "lobby",
                                "--channel-passphrase-file",
                                channelFile));
        assertEquals(Store.State.NEW, fake.state);
        assertTrue(fake.secretTexts.isEmpty());
    }

    /** A service that is needed only after the store was created would leave a half-finished server. */
    @ParameterizedTest
    @ValueSource(classes = {Personas.class, Nodes.class, Channels.class})
    void nothingIsMadeWhileAServiceIsAway(Class<?> away) {
        List<Object> services = List.of(fake.vault, fake.personaService, fake.nodeService, fake.channelService);
        Engine engine = Engines.of(type -> services.stream()
                .filter(service -> type.isInstance(service) && type != away)
                .findFirst()
                .orElse(null));
        String refusal = new Runner(fake, FakeSession.withoutTerminal(), engine)
                .refusal("setup", "--yes", "--node-type", "none", "--passphrase-file", storeFile);
        assertTrue(refusal.contains("is not running"), refusal);
        assertEquals(Store.State.NEW, fake.state);
    }

    @Test
    void whatFailsOnceTheStoreIsMadeSaysThatSetupGoesOnAndItDoes() throws Exception {
        fake.refusedNode = Optional.of("the directory etc cannot be written");
        Runner runner = new Runner(fake, FakeSession.withoutTerminal());
        String[] words = {
            "--yes",
            "--passphrase-file",
            storeFile,
            "--persona",
            "alice",
            "--channel",
            "lobby",
            "--channel-passphrase-file",
            channelFile
        };
        assertEquals(
                "Error: the store was created and is open, but: the directory etc cannot be written; run "
                        + "partyline:setup again to complete the remaining steps",
                runner.refusal("setup", words));
        assertEquals(Store.State.OPEN, fake.state);
        fake.refusedNode = Optional.empty();
        runner.session.printed();
        String printed = runner.run("setup", words);
        assertTrue(printed.contains("alice is in channel lobby"), printed);
        assertEquals(Map.of("embedded embedded", Map.of()), fake.added);
        assertEquals(List.of(STORE_SECRET, CHANNEL_SECRET), fake.secretTexts);
    }

    @Test
    void anOptionAddsToAServerThatIsSetUp() throws Exception {
        FakeEngine done = FakeEngine.furnished();
        String printed = new Runner(done, FakeSession.withoutTerminal())
                .run("setup", "--yes", "--channel", "club", "--channel-passphrase-file", channelFile);
        assertTrue(printed.contains("me is in channel club"), printed);
    }

    @Test
    void whoSaysYesOrWantsADocumentIsAskedNothing() throws Exception {
        for (String option : List.of("--yes", "--json")) {
            FakeEngine empty = new FakeEngine();
            empty.state = Store.State.NEW;
            FakeSession session = FakeSession.withTerminal(100, 60);
            new Runner(empty, session).run("setup", option, "--passphrase-file", storeFile);
            assertEquals(List.of(), session.prompts);
            assertEquals(Store.State.OPEN, empty.state);
        }
    }

    /** Returns a terminal where the answers were pasted at once, and the questions end before all of them were read. */
    private org.jline.terminal.Terminal pasted() throws IOException {
        // A terminal's own reader asks another thread for each character, and may find that too busy to answer.
        NonBlockingPumpReader all = NonBlocking.nonBlockingPumpReader(64);
        all.getWriter().write("a passphrase\ra passphrase\r");
        org.jline.terminal.Terminal typed =
                new DumbTerminal(
                        "typed", "ansi", InputStream.nullInputStream(), OutputStream.nullOutputStream(), null) {
                    @Override
                    public NonBlockingReader reader() {
                        return all;
                    }
                };
        typed.setSize(new Size(100, 60));
        return typed;
    }

    @Test
    void whatWasPastedIsForgottenWhereSetupEndsWithoutHavingMadeAnything() throws Exception {
        fake.invited = new KdfParameters(KdfId.ARGON2ID, 2, 19_456, 1);
        try (org.jline.terminal.Terminal typed = pasted()) {
            FakeSession session =
                    FakeSession.at(new JLineTerminal(typed)).answer("", "", "alice", "join", Samples.INVITE, "no");
            new Runner(fake, session).run("setup");
            assertEquals(NonBlockingReader.READ_EXPIRED, typed.reader().read(1), "it is still there");
        }
        fake.refusedInvite = Optional.of("the key derivation ARGON2ID is not here");
        try (org.jline.terminal.Terminal typed = pasted()) {
            FakeSession session = FakeSession.at(new JLineTerminal(typed)).answer("", "alice");
            new Runner(fake, session).refusal("setup", "--channel", "lobby");
            assertEquals(NonBlockingReader.READ_EXPIRED, typed.reader().read(1), "it is still there");
        }
        assertEquals(Store.State.NEW, fake.state);
    }

    @Test
    void nothingOfWhatIsTypedBetweenTheQuestionsIsShown() throws Exception {
        try (org.jline.terminal.Terminal typed = pasted()) {
            typed.echo(true);
            List<Boolean> shown = new ArrayList<>();
            fake.onNodeCheck = () -> shown.add(typed.getAttributes().getLocalFlag(Attributes.LocalFlag.ECHO));
            FakeSession session = FakeSession.at(new JLineTerminal(typed))
                    .answer("", "", "alice", "none", STORE_SECRET, STORE_SECRET);
            new Runner(fake, session).run("setup");
            assertEquals(List.of(false), shown);
            assertTrue(typed.getAttributes().getLocalFlag(Attributes.LocalFlag.ECHO));
        }
    }

    @Test
    void aNodeThatWillNotDoIsRefusedBeforeAnythingIsMade() {
        fake.nodeRefusals.add("node core cannot read its cookie /c");
        assertEquals(
                "Error: node core cannot read its cookie /c",
                new Runner(fake, FakeSession.withoutTerminal())
                        .refusal("setup", "--yes", "--node-type", "rpc", "--passphrase-file", storeFile));
        assertEquals(Store.State.NEW, fake.state);
        assertTrue(fake.added.isEmpty());
    }

    @Test
    void ctrlDAtAPassphraseIsNoAnswer() {
        FakeSession session = FakeSession.withTerminal(100, 60).answer("", "", "alice", "none", FakeSession.CTRL_D);
        String refusal = new Runner(fake, session).refusal("setup");
        assertTrue(refusal.contains("Error: no answer was given: nothing was done"), refusal);
        assertEquals(Store.State.NEW, fake.state);
    }

    @Test
    void aBadAnswerIsRefusedBeforeAnythingIsMade() throws Exception {
        Runner runner = new Runner(fake, FakeSession.withoutTerminal());
        String weak = file("weak.txt", "short");
        assertEquals(
                "Error: the passphrase is too short: use at least 8 characters",
                runner.refusal(
                        "setup",
                        "--yes",
                        "--passphrase-file",
                        storeFile,
                        "--channel",
                        "lobby",
                        "--channel-passphrase-file",
                        weak));
        assertEquals(
                "Error: --node-type must be embedded, rpc or none, not 'magic'",
                runner.refusal("setup", "--yes", "--node-type", "magic", "--passphrase-file", storeFile));
        assertEquals(
                "Error: --channel and --invite exclude each other: create a channel or join one",
                runner.refusal("setup", "--channel", "a", "--invite", "b"));
        assertEquals(
                "Error: a nickname has at most 32 bytes: choose another one",
                runner.refusal("setup", "--yes", "--persona", "x".repeat(33), "--passphrase-file", storeFile));
        assertEquals(
                "Error: the nickname is empty: choose one",
                runner.refusal("setup", "--yes", "--persona", " ", "--passphrase-file", storeFile));
        String unnamable = runner.refusal(
                "setup",
                "--yes",
                "--passphrase-file",
                storeFile,
                "--channel",
                "x".repeat(65),
                "--channel-passphrase-file",
                channelFile);
        assertTrue(unnamable.startsWith("Error: a channel's name must have 1 to 64 bytes"), unnamable);
        assertEquals(Store.State.NEW, fake.state);
        assertTrue(fake.added.isEmpty());
    }

    @Test
    void ctrlCLeavesNothingBehind() {
        FakeSession session = FakeSession.withTerminal(100, 60).answer("", "", "alice", "none", FakeSession.CTRL_C);
        Runner runner = new Runner(fake, session);
        assertThrows(InterruptedException.class, () -> runner.command("setup").execute(session, new ArrayList<>()));
        assertEquals(Store.State.NEW, fake.state);
        assertTrue(fake.added.isEmpty());
    }

    @Test
    void aNodeThatIsThereIsKept() throws Exception {
        fake.nodes.add(Samples.node("embedded", "embedded"));
        new Runner(fake, FakeSession.withoutTerminal()).run("setup", "--yes", "--passphrase-file", storeFile);
        assertTrue(fake.added.isEmpty());
    }

    @Test
    void itBeginsWithABackup() throws Exception {
        fake.passphrase = "of the backup";
        String printed = new Runner(fake, FakeSession.withoutTerminal())
                .run(
                        "setup",
                        "--yes",
                        "--passphrase-file",
                        storeFile,
                        "--restore",
                        directory.resolve("alice.backup").toString(),
                        "--original",
                        "gone",
                        "--restore-passphrase-file",
                        file("backup.txt", "of the backup"));
        assertEquals(
                List.of("preview alice.backup", "import alice.backup"),
                fake.calls.stream()
                        .filter(call -> call.endsWith("alice.backup"))
                        .toList());
        assertEquals(List.of("of the backup", STORE_SECRET, "of the backup"), fake.secretTexts);
        assertTrue(printed.contains("1 persona, 1 contact, 1 channel"), printed);
        assertTrue(printed.contains("conversation-list"), printed);
        assertFalse(printed.contains("channel-create"), "it has the channels of before");
        assertFalse(printed.contains("restore-takeover"), printed);
        assertTrue(fake.channels.isEmpty());
        allSecretsAreWiped();
    }

    @Test
    void itAsksForABackupAndNotForAPersonaThen() throws Exception {
        fake.passphrase = "of the backup";
        FakeSession session = FakeSession.withTerminal(100, 60)
                .answer("", "alice.backup", "in-use", "of the backup", STORE_SECRET, STORE_SECRET);
        session.currentDir(directory);
        file("alice.backup", "sealed");
        String printed = new Runner(fake, session).run("setup");
        assertTrue(printed.contains("once the original is gone"), printed);
        assertEquals(6, session.prompts.size(), session.prompts.toString());
        assertTrue(fake.calls.contains("import alice.backup"), fake.calls::toString);
        assertEquals(List.of(Original.IN_USE), fake.originals);
        allSecretsAreWiped();
    }

    @Test
    void aBackupThatDoesNotOpenIsAskedForAgain() throws Exception {
        fake.passphrase = "of the backup";
        FakeSession session = FakeSession.withTerminal(100, 60)
                .answer("", "alice.bakcup", "alice.backup", "gone", "", "not its passphrase")
                .answer("alice.backup", "of the backup", STORE_SECRET, STORE_SECRET);
        session.currentDir(directory);
        file("alice.backup", "sealed");
        String printed = new Runner(fake, session).run("setup").replaceAll("\\s+", " ");
        for (String said : List.of(
                "Not accepted: there is no file 'alice.bakcup'.",
                "Wrong passphrase. Try again.",
                "Not accepted: the passphrase is not that of the backup: try again.")) {
            assertTrue(printed.contains(said), printed);
        }
        assertTrue(fake.calls.contains("import alice.backup"), fake.calls::toString);
        allSecretsAreWiped();
    }

    @Test
    void thePassphraseOfABackupThatIsNamedIsAskedForAgain() throws Exception {
        fake.passphrase = "of the backup";
        FakeSession session = FakeSession.withTerminal(100, 60)
                .answer("", "gone", "not its passphrase", "of the backup", STORE_SECRET, STORE_SECRET);
        session.currentDir(directory);
        new Runner(fake, session).run("setup", "--restore", "alice.backup");
        assertTrue(fake.backupFiles.contains(directory.resolve("alice.backup")), fake.backupFiles::toString);
        allSecretsAreWiped();
    }

    @Test
    void aBackupThatDoesNotOpenIsFoundBeforeAnythingIsMade() throws Exception {
        String refusal = new Runner(fake, FakeSession.withoutTerminal())
                .refusal(
                        "setup",
                        "--yes",
                        "--passphrase-file",
                        storeFile,
                        "--restore",
                        "alice.backup",
                        "--original",
                        "gone",
                        "--restore-passphrase-file",
                        file("backup.txt", "not its passphrase"));
        assertTrue(refusal.contains("passphrase"), refusal);
        assertEquals(Store.State.NEW, fake.state);
        assertTrue(fake.added.isEmpty());
        allSecretsAreWiped();
    }

    @Test
    void aBackupIsNoneToBeginWithWhereThereIsAStore() {
        fake.state = Store.State.OPEN;
        assertEquals(
                "Error: this server already has a store: restore the backup with partyline:backup-import",
                new Runner(fake, FakeSession.withoutTerminal())
                        .refusal("setup", "--yes", "--restore", "alice.backup", "--original", "gone"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--persona", "--channel", "--invite"})
    void aBackupBringsItsOwnPersonasAndChannels(String option) {
        assertEquals(
                "Error: --restore includes personas and channels: omit --persona, --channel and --invite",
                new Runner(fake, FakeSession.withoutTerminal())
                        .refusal("setup", "--yes", "--restore", "alice.backup", option, "bob"));
    }

    @Test
    void whoCannotBeAskedSaysWhatBecameOfTheOriginal() {
        assertEquals(
                "Error: the state of the server that made the backup is unknown: add --original gone if it is "
                        + "no longer used, or --original in-use so that this server only reads",
                new Runner(fake, FakeSession.withoutTerminal()).refusal("setup", "--yes", "--restore", "alice.backup"));
        assertEquals(Store.State.NEW, fake.state);
        assertEquals(List.of(), fake.calls);
    }
}
