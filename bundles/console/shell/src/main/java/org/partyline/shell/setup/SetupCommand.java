package org.partyline.shell.setup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.support.completers.FileCompleter;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.UnavailableException;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.engine.Backups.Original;
import org.partyline.api.engine.Channels.Channel;
import org.partyline.api.engine.Channels.Create;
import org.partyline.api.engine.Channels.Join;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Nodes;
import org.partyline.api.engine.Personas.Persona;
import org.partyline.api.engine.Vault;
import org.partyline.api.health.Doctor;
import org.partyline.api.packet.NewChain;
import org.partyline.api.ratchet.Invite;
import org.partyline.api.store.Store;
import org.partyline.api.transport.NodeSettingException;
import org.partyline.consoleline.Role;
import org.partyline.shell.channel.ChannelText;
import org.partyline.shell.channel.ChannelView;
import org.partyline.shell.channel.JoinTerms;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.NetworkNames;
import org.partyline.shell.doctor.DoctorText;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.input.FileName;
import org.partyline.shell.input.NetworkName;
import org.partyline.shell.input.OriginalServer;
import org.partyline.shell.input.SecretPrompt;
import org.partyline.shell.node.NodeOptions;
import org.partyline.shell.output.Console;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.spi.Needs;
import org.partyline.shell.store.NewPassphrase;

/**
 * Sets up a new server: a node, a store, a persona, a channel. Each answer is checked as soon as it is given, and all
 * answers are complete before anything is created. If a store is open already, it adds what is missing.
 */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "setup",
        description = "Set up a new server: node, store, persona and channel; asks for missing answers",
        detailedDescription = "partyline:setup\n"
                + "partyline:setup --yes --node-type embedded --passphrase-file store.txt --persona alice --channel "
                + "lobby "
                + "--channel-passphrase-file lobby.txt\n"
                + "partyline:setup --restore alice.backup --original gone")
@Needs(Role.OPERATE)
final class SetupCommand extends PartylineCommand {
    private static final String EMBEDDED = "embedded";
    private static final String RPC = "rpc";
    /** The name of the first persona until it gets another. */
    private static final String FIRST_NICKNAME = "me";

    private static final int SALT_LENGTH = 16;

    @Option(name = "--yes", description = "Do not ask: use the default of every missing option")
    private boolean yes;

    @Option(
            name = "--node-type",
            description = "embedded: play money in this process; rpc: Bitcoin Core; none: no node")
    @Completion(
            values = {"embedded", "rpc", "none"},
            value = String.class)
    private @Nullable String nodeType;

    @Option(
            name = "--url",
            description = "Address of Bitcoin Core, for example http://127.0.0.1:8332; otherwise on this machine")
    private @Nullable String url;

    @Option(name = "--cookie-file", description = "Bitcoin Core's cookie file", valueToShowInHelp = "FILE")
    @Completion(FileCompleter.class)
    private @Nullable String cookieFile;

    @Option(name = "--user", description = "RPC user, if there is no cookie", valueToShowInHelp = "NAME")
    private @Nullable String user;

    @Option(
            name = "--password-file",
            description = "File with the RPC password, mode 0600; it stays there and is not copied",
            valueToShowInHelp = "FILE")
    @Completion(FileCompleter.class)
    private @Nullable String passwordFile;

    @Option(
            name = "--wallet",
            description = "Bitcoin Core wallet that pays; local: this server's own",
            valueToShowInHelp = "NAME")
    private @Nullable String wallet;

    @Option(
            name = "--zmq",
            description = "Where Bitcoin Core publishes rawtx and sequence, for example tcp://127.0.0.1:28332")
    private @Nullable String zmq;

    @Option(name = "--network", description = "Network that the node must be on", valueToShowInHelp = "NAME")
    @Completion(NetworkNames.class)
    private @Nullable String network;

    @Option(
            name = "--passphrase-file",
            description = "File with the store's passphrase, mode 0600; - for standard input",
            valueToShowInHelp = "FILE")
    @Completion(FileCompleter.class)
    private @Nullable String passphraseFile;

    @Option(name = "--persona", description = "Your nickname, visible to others", valueToShowInHelp = "NAME")
    private @Nullable String persona;

    @Option(name = "--channel", description = "Name of a channel to create", valueToShowInHelp = "NAME")
    private @Nullable String channel;

    @Option(
            name = "--invite",
            description = "Invite or name of a channel to join instead",
            valueToShowInHelp = "INVITE")
    private @Nullable String invite;

    @Option(
            name = "--channel-passphrase-file",
            description = "File with the channel's passphrase, mode 0600",
            valueToShowInHelp = "FILE")
    @Completion(FileCompleter.class)
    private @Nullable String channelPassphraseFile;

    @Option(name = JoinTerms.OPTION, description = "Do not ask if the key derivation is weaker than the default")
    private boolean acceptWeakKdf;

    @Option(name = SetupRestore.OPTION, description = "Backup to restore", valueToShowInHelp = "FILE")
    @Completion(FileCompleter.class)
    private @Nullable String restore;

    @Option(
            name = SetupRestore.PASSPHRASE_OPTION,
            description = "File with the backup's passphrase, mode 0600",
            valueToShowInHelp = "FILE")
    @Completion(FileCompleter.class)
    private @Nullable String restorePassphraseFile;

    @Option(
            name = OriginalServer.OPTION,
            description = OriginalServer.DESCRIPTION,
            valueToShowInHelp = OriginalServer.GONE + "|" + OriginalServer.IN_USE)
    @Completion(
            values = {OriginalServer.GONE, OriginalServer.IN_USE},
            value = String.class)
    private @Nullable String original;

    private boolean asking;
    private Optional<Network> chosenNetwork = Optional.empty();
    /** The strength of the new store's passphrase. */
    private Optional<NewPassphrase> rated = Optional.empty();

    @Override
    protected void run() throws CommandError, PartylineException, InterruptedException {
        asking = !yes && !json() && console().canAsk();
        if (!asking) {
            answerAndMake();
            return;
        }
        try (Console.HiddenTyping typing = console().hideTyping()) {
            boolean done = false;
            try {
                done = answerAndMake();
            } finally {
                if (!done) {
                    console().forgetTypedAhead();
                }
            }
        }
    }

    /** @return whether anything was created; if not, the reason was printed */
    private boolean answerAndMake() throws CommandError, PartylineException, InterruptedException {
        Vault vault = engine().vault();
        Store.State state = vault.state();
        if (state == Store.State.LOCKED) {
            throw new CommandError(
                    "this server already has a store: open it with partyline:unlock, and setup adds what is "
                            + "missing; or start another server with PARTYLINE_HOME set to a new directory");
        }
        if (channel != null && invite != null) {
            throw new CommandError("--channel and --invite exclude each other: create a channel or join one");
        }
        if (restore != null && (channel != null || invite != null || persona != null)) {
            throw new CommandError("--restore includes personas and channels: omit --persona, --channel and --invite");
        }
        boolean begun = state == Store.State.OPEN;
        if (begun && restore != null) {
            throw new CommandError("this server already has a store: restore the backup with partyline:backup-import");
        }
        if (original != null && restore == null && !asking) {
            throw new CommandError(OriginalServer.OPTION + " applies to a backup: add --restore FILE");
        }
        if (restore != null && (original != null || !asking)) {
            // A wrong or missing one is rejected before anything is asked.
            OriginalServer.choose(console(), original, false);
        }
        refuseWhatIsDone(begun);
        if (asking) {
            console().paragraph("Press Enter to accept the default in brackets.");
        }
        chosenNetwork = NetworkName.parse(network);
        Optional<NewNode> node = node();
        Optional<SetupRestore> backup =
                begun || persona != null || channel != null || invite != null ? Optional.empty() : backup();
        if (backup.isPresent()) {
            try (SetupRestore restored = backup.get()) {
                restore(vault, node, restored);
            }
            return true;
        }
        String nickname = nickname(begun);
        channel();
        if (channel != null) {
            // Checks that the key can be derived here.
            engine().channels().terms(joining(channel));
        }
        if (invite != null
                && !new JoinTerms(console(), asking)
                        .accepted(engine().channels().terms(joining(invite)), acceptWeakKdf)) {
            return false;
        }
        SecretPrompt passphrases = SecretPrompt.of(context());
        char[] passphrase = begun
                ? new char[0]
                : passphrases.fresh(given(passphraseFile), "Passphrase of the store", "--passphrase-file");
        char[] channelPassphrase = new char[0];
        try {
            channelPassphrase = channelPassphrase(passphrases);
            make(vault, node, nickname, passphrase, channelPassphrase, Optional.empty());
            return true;
        } finally {
            Arrays.fill(passphrase, '\0');
            Arrays.fill(channelPassphrase, '\0');
        }
    }

    /** Returns the backup to start from, opened; asks again until one opens. Empty for a new start. */
    private Optional<SetupRestore> backup() throws CommandError, PartylineException, InterruptedException {
        if (restore == null && !asking) {
            return Optional.empty();
        }
        while (true) {
            String name = restore != null
                    ? restore
                    : ask("File of a backup to restore, or nothing for a new start", "", this::checkBackup);
            if (name.isEmpty()) {
                return Optional.empty();
            }
            Path file = FileName.parse(name, context().session());
            Original what = OriginalServer.choose(console(), original, asking);
            // Asked once, even if the file or its passphrase must be asked for again.
            original = what == Original.GONE ? OriginalServer.GONE : OriginalServer.IN_USE;
            char[] passphrase =
                    existing(restorePassphraseFile, "Passphrase of the backup", SetupRestore.PASSPHRASE_OPTION);
            try {
                return Optional.of(SetupRestore.open(engine().backups(), file, passphrase, what));
            } catch (PartylineException | UnavailableException e) {
                if (!asking || restorePassphraseFile != null) {
                    throw e;
                }
                complain(e);
            }
        }
    }

    private void checkBackup(String name) throws CommandError {
        if (!name.isEmpty()
                && !Files.isRegularFile(FileName.parse(name, context().session()))) {
            throw new CommandError("there is no file '" + Sanitizer.line(name) + "'");
        }
    }

    /** Reads an existing passphrase; when asking, repeats the question after an empty answer. */
    private char[] existing(@Nullable String file, String question, String option)
            throws CommandError, InterruptedException {
        if (file != null || !asking) {
            return SecretPrompt.of(context()).existing(given(file), question, option);
        }
        while (true) {
            char[] secret = console().askSecret(question);
            if (secret.length > 0) {
                return secret;
            }
            console().line("Wrong passphrase. Try again.");
        }
    }

    private void restore(Vault vault, Optional<NewNode> node, SetupRestore restored)
            throws CommandError, PartylineException, InterruptedException {
        char[] passphrase =
                SecretPrompt.of(context()).fresh(given(passphraseFile), "Passphrase of the store", "--passphrase-file");
        try {
            make(vault, node, null, passphrase, new char[0], Optional.of(restored));
        } finally {
            Arrays.fill(passphrase, '\0');
        }
    }

    /** Rejects a server that is set up completely. An open store may be from an unfinished setup. */
    private void refuseWhatIsDone(boolean begun) throws CommandError, PartylineException {
        if (!begun) {
            // Fails before anything is begun if a service that is needed later is missing.
            engine().personas();
            engine().nodes();
            engine().channels();
            return;
        }
        boolean complete = !engine().nodes().list().isEmpty()
                && !engine().channels().list(Optional.empty()).isEmpty();
        if (complete && nodeType == null && persona == null && channel == null && invite == null) {
            throw new CommandError("this server is already set up: see partyline:status, or start another one with "
                    + "PARTYLINE_HOME set to a new directory");
        }
    }

    /** Checks an answer. */
    @FunctionalInterface
    private interface Check {
        void of(String answer) throws CommandError, PartylineException;
    }

    /** Asks until the answer is valid. */
    private String ask(String question, String fallback, Check check) throws CommandError, InterruptedException {
        while (true) {
            String answer = console().ask(question, fallback);
            try {
                check.of(answer);
                return answer;
            } catch (CommandError | PartylineException | UnavailableException e) {
                complain(e);
            }
        }
    }

    private void complain(Exception wrong) {
        console().paragraph(Style.BAD, "Not accepted: " + Sanitizer.line(wrong.getMessage()) + ".");
    }

    private Optional<NewNode> node() throws CommandError, PartylineException, InterruptedException {
        boolean there = !engine().nodes().list().isEmpty();
        if (nodeType == null && there) {
            return Optional.empty();
        }
        String type = nodeType;
        if (type == null) {
            type = asking
                    ? console()
                            .choose(
                                    "Node: embedded (play money, in this process) or rpc (Bitcoin Core)",
                                    List.of(EMBEDDED, RPC),
                                    EMBEDDED)
                    : EMBEDDED;
        }
        return switch (type) {
            case "none" -> Optional.empty();
            case EMBEDDED -> {
                chosenNetwork = Optional.of(Network.EMBEDDED);
                yield Optional.of(checked(new NewNode(EMBEDDED, EMBEDDED, Map.of())));
            }
            case RPC -> Optional.of(asking ? askForRpc() : checked(rpc()));
            default ->
                throw new CommandError("--node-type must be embedded, rpc or none, not '" + Sanitizer.line(type) + "'");
        };
    }

    /**
     * Each answer is tried on the node before the next question; only a wrong one is asked for again, even one from an
     * option.
     */
    private NewNode askForRpc() throws CommandError, InterruptedException {
        String payer = wallet;
        String publisher = zmq;
        wallet = null;
        zmq = null;
        if (chosenNetwork.isEmpty()) {
            askAgain("network");
        }
        if (url == null) {
            askAgain("url");
        }
        if (cookieFile == null && user == null) {
            cookieFile = emptyToNull(console().ask("Cookie file, or nothing for the usual place", ""));
        }
        fit("url");
        wallet = payer;
        if (payer == null) {
            askAgain("wallet");
        }
        fit("wallet");
        zmq = publisher;
        if (publisher == null) {
            askAgain("zmq");
        }
        fit("zmq");
        return rpc();
    }

    /**
     * Asks until the node is suitable.
     *
     * @param newest the setting that was asked for last, if the node does not say which one is wrong
     */
    private void fit(String newest) throws CommandError, InterruptedException {
        while (true) {
            try {
                checked(rpc());
                return;
            } catch (NodeSettingException e) {
                complain(e);
                askAgain(e.setting());
            } catch (CommandError | PartylineException | UnavailableException e) {
                complain(e);
                askAgain(newest);
            }
        }
    }

    /** Asks for one setting of the node. A wrong value is not offered again, so that Enter still means nothing. */
    private void askAgain(String setting) throws CommandError, InterruptedException {
        switch (setting) {
            case "network" ->
                ask(
                        "Its network",
                        chosenNetwork.orElse(Network.MAINNET).label(),
                        answer -> chosenNetwork = NetworkName.parse(answer));
            case "cookie-file", "user", "password-file" -> {
                cookieFile = emptyToNull(console().ask("Cookie file, or nothing for another way", ""));
                user = cookieFile == null
                        ? emptyToNull(console().ask("Its RPC user, or nothing for the cookie in the usual place", ""))
                        : null;
                passwordFile = user == null
                        ? null
                        : emptyToNull(console().ask("File with the user's RPC password, mode 0600", ""));
            }
            case "wallet" -> wallet = emptyToNull(console().ask("Wallet that pays, or nothing to receive only", ""));
            case "zmq" -> zmq = emptyToNull(console().ask("ZMQ address, or nothing to ask the node for it", ""));
            default -> url = emptyToNull(console().ask("Address, or nothing for this machine", ""));
        }
    }

    private NewNode checked(NewNode node) throws CommandError, PartylineException {
        engine().nodes().check(node.name(), node.type(), node.settings());
        return node;
    }

    private NewNode rpc() throws CommandError {
        return new NewNode(
                "core",
                RPC,
                new NodeOptions()
                        .put("url", url)
                        .putFile("cookie-file", cookieFile, context().session().currentDir())
                        .put("user", user)
                        .putFile(
                                "password-file",
                                passwordFile,
                                context().session().currentDir())
                        .putWallet(RPC, wallet)
                        .put("zmq", zmq)
                        .put("network", chosenNetwork.map(Network::label).orElse(null))
                        .all());
    }

    /** @return null for the present or the usual name */
    private @Nullable String nickname(boolean begun) throws CommandError, PartylineException, InterruptedException {
        String now = begun ? engine().personas().current().name() : FIRST_NICKNAME;
        if (!now.equals(FIRST_NICKNAME)) {
            if (persona != null && !persona.equals(now)) {
                throw new CommandError("the persona " + Sanitizer.line(now)
                        + " already exists: create another one with partyline:persona-create "
                        + Sanitizer.word(persona));
            }
            return null;
        }
        if (persona != null) {
            checkNickname(persona);
            return persona;
        }
        return asking ? ask("Your nickname, visible to others", FIRST_NICKNAME, SetupCommand::checkNickname) : null;
    }

    private static void checkNickname(String name) throws CommandError {
        try {
            new NewChain(new byte[NewChain.SEED_LENGTH], name);
        } catch (IllegalArgumentException e) {
            throw new CommandError(e.getMessage() + ": choose another one", e);
        }
        if (name.isBlank()) {
            throw new CommandError("the nickname is empty: choose one");
        }
    }

    private void channel() throws CommandError, InterruptedException {
        if (channel != null) {
            checkChannel(channel);
        }
        if (channel != null || invite != null || !asking) {
            return;
        }
        switch (console()
                .choose("First channel: create one, join one, or none", List.of("create", "join", "none"), "create")) {
            case "create" -> channel = ask("Its name", "lobby", SetupCommand::checkChannel);
            case "join" ->
                invite = ask(
                        "Its invite or its name",
                        "",
                        answer -> engine().channels().terms(joining(answer)));
            default -> channel = null;
        }
    }

    private static void checkChannel(String name) throws CommandError {
        try {
            new Invite(
                    Network.EMBEDDED,
                    KdfParameters.ARGON2ID_DEFAULT,
                    0,
                    new byte[SALT_LENGTH],
                    Normalizer.normalize(name, Normalizer.Form.NFC));
        } catch (IllegalArgumentException e) {
            throw new CommandError(e.getMessage() + ": choose another one", e);
        }
    }

    private char[] channelPassphrase(SecretPrompt passphrases) throws CommandError, InterruptedException {
        if (channel != null) {
            return passphrases.fresh(
                    given(channelPassphraseFile),
                    "Passphrase of channel " + Sanitizer.line(channel),
                    "--channel-passphrase-file");
        }
        if (invite != null) {
            return existing(channelPassphraseFile, "Passphrase of the channel", "--channel-passphrase-file");
        }
        return new char[0];
    }

    private void make(
            Vault vault,
            Optional<NewNode> node,
            @Nullable String nickname,
            char[] passphrase,
            char[] channelPassphrase,
            Optional<SetupRestore> restored)
            throws CommandError, PartylineException {
        if (vault.state() == Store.State.NEW) {
            vault.create(passphrase);
            NewPassphrase made = NewPassphrase.of(engine(), passphrase);
            made.remember();
            rated = Optional.of(made);
        }
        Optional<Channel> joined;
        Persona speaker;
        try {
            if (restored.isPresent()) {
                restored.get().into(engine().backups());
            }
            speaker = engine().personas().current();
            if (nickname != null && !nickname.equals(speaker.name())) {
                speaker = engine().personas().rename(speaker.name(), nickname);
            }
            if (node.isPresent()) {
                engine().nodes()
                        .add(node.get().name(), node.get().type(), node.get().settings());
            }
            joined = join(channelPassphrase);
        } catch (PartylineException | UnavailableException e) {
            throw new CommandError(
                    "the store was created and is open, but: " + e.getMessage()
                            + "; run partyline:setup again to complete the remaining steps",
                    e);
        }
        Optional<String> text = channel == null || joined.isEmpty()
                ? Optional.empty()
                : Optional.of(engine().channels()
                        .invite(Optional.empty(), joined.get().name()));
        Document document = new Document(
                "open",
                speaker.name(),
                node.map(NewNode::name).orElse(null),
                joined.map(ChannelView::of).orElse(null),
                text.orElse(null));
        Persona who = speaker;
        print(document, () -> show(who, node, joined, text, restored));
    }

    private Optional<Channel> join(char[] passphrase) throws CommandError, PartylineException {
        if (channel != null) {
            Create request =
                    new Create(Optional.empty(), channel, Mode.RATCHET, KdfParameters.ARGON2ID_DEFAULT, chosenNetwork);
            return Optional.of(engine().channels().create(request, passphrase));
        }
        if (invite != null) {
            return Optional.of(engine().channels().join(joining(invite), passphrase));
        }
        return Optional.empty();
    }

    private Join joining(String nameOrInvite) {
        return new Join(Optional.empty(), nameOrInvite, Mode.RATCHET, Optional.empty(), chosenNetwork);
    }

    private void show(
            Persona who,
            Optional<NewNode> node,
            Optional<Channel> joined,
            Optional<String> text,
            Optional<SetupRestore> restored) {
        console().paragraph("The store is created and open. You are " + Sanitizer.line(who.name()) + ".");
        restored.ifPresent(backup -> console().paragraph(backup.summary()));
        node.ifPresent(made -> console().line("Node " + made.name() + " is added (" + made.type() + ")."));
        joined.ifPresent(made -> console().paragraph(ChannelText.joined(made)));
        text.ifPresent(made -> ChannelText.invite(console(), made));
        rated.ifPresent(made -> made.warn(console()));
        look();
        whatNow(joined, restored);
    }

    /** Ends the output with something to do. */
    private void whatNow(Optional<Channel> joined, Optional<SetupRestore> restored) {
        List<Nodes.Node> nodes;
        try {
            nodes = engine().nodes().list();
        } catch (CommandError e) {
            // Unavailable at the moment.
            nodes = List.of();
        }
        new WhatNow(
                        !nodes.isEmpty(),
                        nodes.stream().anyMatch(one -> one.network() == Network.EMBEDDED),
                        joined,
                        restored)
                .print(console());
    }

    /** Checks once what should be fixed before the first message, and prints it in one line. */
    private void look() {
        try {
            Doctor.Look look =
                    Doctor.Look.of(clock().instant(), engine().doctor().examine());
            console()
                    .paragraph(
                            look.unsafe() == 0 ? Style.DIM : Style.WARN,
                            "Before the first message: " + DoctorText.of(look) + " (partyline:doctor).");
        } catch (CommandError e) {
            console().paragraph(Style.WARN, e.getMessage());
        }
    }

    private static @Nullable String emptyToNull(String text) {
        return text.isEmpty() ? null : text;
    }

    private record NewNode(String name, String type, Map<String, String> settings) {}

    record Document(
            String store,
            String persona,
            @Nullable String node,
            @Nullable ChannelView channel,
            @Nullable String invite) {}
}
