package org.partyline.chat.live;

import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.partyline.api.Faults;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.UnavailableException;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Send;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.TextPieces;
import org.partyline.api.packet.PayloadTooLargeException;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.chat.act.ChatEvent;
import org.partyline.chat.act.Effect;
import org.partyline.chat.model.ConversationAddress;
import org.partyline.chat.model.Line;
import org.partyline.chat.model.Options;
import org.partyline.chat.model.OptionsBuilder;
import org.partyline.chat.model.Popup;
import org.partyline.chat.model.PriceTag;
import org.partyline.chat.model.Status;
import org.partyline.chat.model.Talk;
import org.partyline.chat.screen.Phrases;
import org.partyline.chat.text.Words;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls the services for effects, and reports the results. Used by one thread. */
public final class ServiceCalls {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceCalls.class);
    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final int PAGE = 200;
    private static final int MOST_FOUND = 500;

    private final Services services;
    private final Words words;
    private final MessageLines lines;
    private final Lister lister;
    private final Refresher looker;
    private final Remarker remarker;
    private final Consumer<ChatEvent> events;
    private final Consumer<String> spoken;
    /** Events arrive on other threads. */
    private volatile Optional<String> persona;

    private Optional<ConversationAddress> open = Optional.empty();
    /** The conversation that was open when the store was locked; empty if it is open, or there was none. */
    private Optional<ConversationAddress> left = Optional.empty();

    /** Whether the store was locked when it was last checked, or was not checked yet. */
    private volatile boolean locked = true;
    /** How often it was locked. */
    private int locks;
    /** Whether the persona's conversations were ever listed, which proves that the persona exists or existed. */
    private volatile boolean listed;

    private Optional<Transcript> transcript = Optional.empty();

    private Optional<String> wanted;
    private List<Talk> talks = List.of();

    /**
     * @param services the engine's services
     * @param words makes incoming text harmless
     * @param beginning the first persona and conversation
     * @param events receives the results of effects
     */
    public ServiceCalls(Services services, Words words, Beginning beginning, Consumer<ChatEvent> events) {
        this.services = services;
        this.words = words;
        this.lines = new MessageLines(words);
        this.lister = new Lister(services, words);
        this.looker = new Refresher(services, words);
        this.remarker = new Remarker(services, words, events);
        this.persona = beginning.persona();
        this.wanted = beginning.conversation();
        this.listed = beginning.again();
        this.spoken = beginning.spoken();
        this.events = events;
    }

    /** Releases drafts to other screens. */
    void close() {
        remarker.close();
        endTranscript();
    }

    /** Performs an effect. */
    public void perform(Effect wish) {
        try {
            if (wish instanceof Effect.Look) {
                look();
            } else if (wish instanceof Effect.Send send) {
                send(send);
            } else if (wish instanceof Effect.SendParts parts) {
                sendParts(parts);
            } else if (wish instanceof Effect.Price price) {
                price(price);
            } else {
                performs(wish);
            }
        } catch (PartylineException | UnavailableException e) {
            events.accept(new ChatEvent.Told(words.line(String.valueOf(e.getMessage()))));
        }
    }

    /** Returns whether a node must answer for this, which may take long. */
    static boolean isAsked(Effect wish) {
        return wish instanceof Effect.Inspect || wish instanceof Effect.TakeBack back && back.left();
    }

    /**
     * Performs an effect for which a node must answer, without waiting for it: a lock must clear the screen meanwhile.
     * An answer that arrives after a lock is discarded: the store may be another one by then.
     *
     * @param nodes waits for the answer
     * @param here runs an action on the thread that uses this object
     */
    void ask(Effect wish, Executor nodes, Executor here) {
        int before = locks;
        nodes.execute(() -> {
            ChatEvent answer = answer(wish);
            here.execute(() -> {
                if (locks != before || locked) {
                    return;
                }
                events.accept(answer);
                if (wish instanceof Effect.TakeBack back) {
                    perform(new Effect.Load(back.place(), List.of(back.id())));
                }
            });
        });
    }

    private ChatEvent answer(Effect wish) {
        try {
            return wish instanceof Effect.TakeBack back ? recalled(back.id()) : inspected(((Effect.Inspect) wish).id());
        } catch (PartylineException | UnavailableException e) {
            return new ChatEvent.Told(words.line(String.valueOf(e.getMessage())));
        }
    }

    private void look() {
        if (locked
                && services.vault()
                        .filter(one -> one.state() == Store.State.OPEN)
                        .isPresent()) {
            reopened();
        }
        Status status = looker.look(persona, network());
        if (status.store() != Status.Store.OPEN && !locked) {
            locked = true;
            locks++;
            left = open;
            open = Optional.empty();
            talks = List.of();
            endTranscript();
        }
        events.accept(new ChatEvent.Looked(status));
    }

    /** After a duress passphrase it is another store, and nobody must be able to tell that there was one before. */
    private void reopened() {
        try {
            if (listed && persona.isPresent() && !isPersona(persona.get())) {
                persona = Optional.empty();
                wanted = Optional.empty();
                spoken.accept(persona());
            }
            locked = false;
        } catch (PartylineException | UnavailableException e) {
            LOG.debug(
                    "Whose screen it is is looked up again: the store was locked, or a service is not running ({})",
                    Faults.trace(e));
        }
    }

    private boolean isPersona(String name) throws PartylineException {
        return services
                .personas()
                .orElseThrow(() -> new PartylineException("the persona service is not running: try again shortly"))
                .list()
                .stream()
                .anyMatch(each -> each.name().equals(name));
    }

    private boolean endTranscript() {
        boolean was = transcript.isPresent();
        transcript.ifPresent(Transcript::end);
        transcript = Optional.empty();
        return was;
    }

    private void transcribe(Effect.Transcribe wish) throws PartylineException {
        if (wish.name().isEmpty()) {
            events.accept(new ChatEvent.Told(endTranscript() ? "the transcript has ended" : "there is no transcript"));
            return;
        }
        Transcript begun = Transcript.begin(services.transcripts(), wish.name(), persona(), wish.place());
        endTranscript();
        transcript = Optional.of(begun);
        events.accept(new ChatEvent.Told(words.line("new messages are also in " + begun.file()
                + ", unencrypted, also once they have expired; burn messages are not")));
    }

    /**
     * Called when a message arrived, or one of ours was stored. Reading it here does not mark it as shown, and sends no
     * receipt.
     */
    void transcribe(ChatEvent.Arrived arrived) {
        try {
            if (transcript.isEmpty() || !transcript.get().isOf(persona(), arrived.place())) {
                return;
            }
            Messages.Message message = services.conversations()
                    .orElseThrow(() -> new PartylineException("the message service is not running: try again shortly"))
                    .message(arrived.id());
            if (!message.burn() && !message.notice() && message.text().isPresent()) {
                transcript
                        .get()
                        .add(
                                message.id(),
                                message.sent(),
                                words.line(MessageLines.name(message)),
                                words.lines(message.text().get()));
            }
        } catch (NoSuchThingException | StoreException e) {
            // It was erased in the meantime, or the store was locked, which ends the transcript.
            LOG.debug("A message is not in the transcript: {}", Faults.trace(e));
        } catch (PartylineException | UnavailableException | IOException e) {
            endTranscript();
            events.accept(new ChatEvent.Told(words.line("the transcript has ended: " + e.getMessage())));
        }
    }

    /** The network of the open conversation; empty while unknown. */
    private Optional<Network> network() {
        try {
            return persona.isPresent() && open.isPresent()
                    ? lister.network(persona.get(), open.get())
                    : Optional.empty();
        } catch (PartylineException | UnavailableException e) {
            // Locked at this moment, or not known yet.
            return Optional.empty();
        }
    }

    private void performs(Effect wish) throws PartylineException {
        if (wish instanceof Effect.Talks) {
            talks();
        } else if (wish instanceof Effect.Order order) {
            open = Optional.of(order.place());
            events.accept(new ChatEvent.Order(order.place(), messages().order(query(order.place())), order.fresh()));
        } else if (wish instanceof Effect.Reorder reorder) {
            events.accept(new ChatEvent.Reordered(reorder.place(), messages().order(query(reorder.place()))));
        } else if (wish instanceof Effect.Load load) {
            events.accept(new ChatEvent.Lines(load.place(), load.ids(), load(load.place(), load.ids())));
        } else if (wish instanceof Effect.Read read) {
            read(read);
        } else if (wish instanceof Effect.TakeBack back) {
            cancel(back);
        } else if (wish instanceof Effect.Search search) {
            search(search);
        } else if (wish instanceof Effect.Announce announce) {
            if (!lister.isMuted(persona(), announce.place())) {
                events.accept(new ChatEvent.Unmuted());
            }
        } else if (wish instanceof Effect.Who who) {
            who(who.place());
        } else if (wish instanceof Effect.Speak speak) {
            speak(speak.persona());
        } else if (wish instanceof Effect.Pieces pieces) {
            pieces(pieces.place());
        } else if (wish instanceof Effect.Transcribe transcribe) {
            transcribe(transcribe);
        } else {
            remarker.perform(wish, persona());
        }
    }

    private Messages messages() throws PartylineException {
        return services.messages()
                .orElseThrow(() -> new PartylineException("the message service is not running: try again shortly"));
    }

    /** The current persona, once known. */
    String persona() throws PartylineException {
        if (persona.isEmpty() && services.personas().isPresent()) {
            persona = Optional.of(services.personas().get().current().name());
        }
        return persona.orElseThrow(
                () -> new PartylineException("the persona service is not running: try again shortly"));
    }

    private Messages.Query query(ConversationAddress place) throws PartylineException {
        Optional<String> name = Optional.of(place.name());
        return new Messages.Query(
                Optional.of(persona()),
                place.direct() ? Optional.empty() : name,
                Optional.empty(),
                Optional.empty(),
                place.direct() ? name : Optional.empty());
    }

    private void talks() throws PartylineException {
        talks = lister.talks(persona());
        listed = true;
        Optional<ConversationAddress> back = left.filter(place -> talk(place).isPresent());
        events.accept(new ChatEvent.Talks(words.line(persona()), talks, wanted, back));
        wanted = Optional.empty();
        left = Optional.empty();
    }

    private Optional<Talk> talk(ConversationAddress place) {
        return talks.stream().filter(talk -> talk.place().equals(place)).findFirst();
    }

    /** Returns the name, safe to paint. */
    String shownName(ConversationAddress place) {
        return words.line(place.name());
    }

    private List<Line> load(ConversationAddress place, List<Long> ids) throws PartylineException {
        List<String> known = lister.names(persona(), place);
        String mine = persona();
        return messages().shown(ids).stream()
                // A line loaded while the persona changed belongs to the previous one.
                .filter(shown -> shown.message().persona().equals(mine))
                .map(shown -> lines.line(shown, talk(place), known))
                .toList();
    }

    private Send request(ConversationAddress place, String text, Options options) throws PartylineException {
        return new Send(
                Optional.of(persona()),
                place.direct(),
                place.name(),
                text,
                options.ttl(),
                options.burn(),
                options.sign(),
                Optional.empty(),
                options.carrier().map(Messages.Carrier::new),
                options.answers().map(OptionalLong::of).orElse(OptionalLong.empty()));
    }

    private void price(Effect.Price wish) {
        String text = wish.text().startsWith("//") ? wish.text().substring(1) : wish.text();
        try {
            Messages.Price price = messages().price(request(wish.place(), text, wish.options()));
            events.accept(new ChatEvent.Priced(new PriceTag(
                    wish.text(),
                    price.packets(),
                    price.bytes(),
                    price.fee(),
                    price.margin(),
                    words.line(String.join("; ", price.warnings())),
                    "")));
        } catch (PayloadTooLargeException e) {
            events.accept(new ChatEvent.Priced(
                    e.limit() < TextPieces.LEAST ? refused(wish, e) : inParts(wish, text, e.limit())));
        } catch (PartylineException | UnavailableException e) {
            events.accept(new ChatEvent.Priced(refused(wish, e)));
        }
    }

    private PriceTag refused(Effect.Price wish, Exception why) {
        return new PriceTag(wish.text(), 0, 0, Optional.empty(), 0, "", words.line(String.valueOf(why.getMessage())));
    }

    /** Returns the price of a text that is too long for one message. */
    private PriceTag inParts(Effect.Price wish, String text, int limit) {
        List<String> parts = TextPieces.of(text, limit);
        int packets = 0;
        int bytes = 0;
        long margin = 0;
        Optional<Long> fee = Optional.of(0L);
        Set<String> warnings = new LinkedHashSet<>();
        try {
            for (String part : parts) {
                Messages.Price price = messages().price(request(wish.place(), part, wish.options()));
                packets += price.packets();
                bytes += price.bytes();
                margin += price.margin();
                fee = fee.flatMap(sum -> price.fee().map(more -> sum + more));
                warnings.addAll(price.warnings());
            }
        } catch (PartylineException | UnavailableException e) {
            return refused(wish, e);
        }
        return new PriceTag(
                wish.text(), packets, bytes, fee, margin, words.line(String.join("; ", warnings)), "", parts, false);
    }

    private void sendParts(Effect.SendParts wish) {
        List<String> parts = wish.parts();
        Options options = wish.options();
        for (int i = 0; i < parts.size(); i++) {
            try {
                Messages.Receipt receipt = messages().send(request(wish.place(), parts.get(i), options));
                events.accept(new ChatEvent.Arrived(wish.place(), receipt.id(), false));
                events.accept(new ChatEvent.Sent(
                        wish.place(),
                        "message " + (i + 1) + " of " + parts.size() + ": " + words.line(receipt(receipt)),
                        words.line(receipt.waits())));
                // Only the first part is marked as a reply; the others follow it.
                options = OptionsBuilder.builder(options)
                        .answers(Optional.empty())
                        .build();
            } catch (PartylineException | UnavailableException e) {
                events.accept(new ChatEvent.NotSent(
                        wish.place(),
                        String.join("", parts.subList(i, parts.size())),
                        words.line(i + " of " + parts.size() + " messages are queued; the others were not sent: "
                                + e.getMessage())));
                return;
            }
        }
    }

    private void send(Effect.Send wish) {
        try {
            Messages.Receipt receipt = messages().send(request(wish.place(), wish.text(), wish.options()));
            events.accept(new ChatEvent.Arrived(wish.place(), receipt.id(), false));
            events.accept(new ChatEvent.Sent(wish.place(), words.line(receipt(receipt)), words.line(receipt.waits())));
        } catch (PartylineException | UnavailableException e) {
            events.accept(new ChatEvent.NotSent(wish.place(), wish.text(), words.line("not sent: " + e.getMessage())));
        }
    }

    private static String receipt(Messages.Receipt receipt) {
        String price = receipt.packets() == 0
                ? "stored"
                : Phrases.count(receipt.packets(), "packet")
                        + receipt.estimatedFee()
                                .map(fee -> ", " + Phrases.atMost(fee, receipt.margin()))
                                .orElse("")
                        + receipt.openingFee()
                                .map(fee -> ", the session at most " + Phrases.sat(fee) + " more")
                                .orElse("");
        return price
                + (receipt.waits().isEmpty()
                        ? receipt.jitter().isZero() ? "; sending now" : "; sent after a random delay"
                        : "; queued")
                + receipt.warnings().stream().map(warning -> "; " + warning).collect(Collectors.joining());
    }

    private void read(Effect.Read wish) throws PartylineException {
        Messages.Message message = messages().read(wish.id());
        boolean burned = message.burn() && !message.outgoing();
        events.accept(new ChatEvent.Opened(new Popup(
                words.line("message " + wish.id() + " of " + message.sender()
                        + (burned ? " · burned: shown only this once" : "")),
                words.lines(message.text().orElse("")),
                0)));
        if (burned) {
            events.accept(new ChatEvent.Burned(wish.place(), Set.of(wish.id())));
        }
    }

    private void cancel(Effect.TakeBack wish) throws PartylineException {
        messages().cancel(wish.id());
        events.accept(new ChatEvent.Told("cancelled before it was sent"));
        events.accept(new ChatEvent.Lines(wish.place(), List.of(wish.id()), load(wish.place(), List.of(wish.id()))));
    }

    private ChatEvent recalled(long id) throws PartylineException {
        Messages.Recalled recalled = messages().recall(id);
        boolean done = recalled.outgoing().state() == Messages.State.RECALLED;
        return new ChatEvent.Told(
                done
                        ? "recalled for " + Phrases.sat(recalled.fee())
                                + " more; anyone who has seen it may still have it"
                        : "it is already in a block and cannot be recalled");
    }

    private ChatEvent inspected(long id) throws PartylineException {
        Messages.Shown shown = messages().shown(List.of(id)).stream()
                .findFirst()
                .orElseThrow(() -> new NoSuchThingException("message " + id + " no longer exists"));
        Messages.Message message = shown.message();
        List<String> told = new ArrayList<>();
        told.add("number     " + message.id() + ", " + (message.outgoing() ? "ours" : "from " + message.sender())
                + (message.legacy() ? ", version 1" : ""));
        told.add("signed     " + message.signedBy().orElse("no: authorship cannot be proved"));
        told.add("sent       " + whole(message.sent()) + " UTC, received " + whole(message.arrived()));
        told.add("erased     " + whole(message.expires()) + " UTC" + (message.burn() ? ", or once read" : ""));
        shown.outgoing().ifPresent(outgoing -> {
            told.add("state      " + outgoing.state().word()
                    + (outgoing.reason().isEmpty() ? "" : ": " + outgoing.reason()));
            told.add("carrier    " + outgoing.carrier().id() + ", " + Phrases.sat(outgoing.fee()));
            for (Messages.Part part : outgoing.parts()) {
                told.add("packet     " + Phrases.count(part.bytes(), "byte") + ", "
                        + part.state().word()
                        + (part.node().isEmpty() ? "" : ", by node " + part.node()) + ", " + Phrases.sat(part.fee()));
            }
        });
        for (TxId transaction : message.transactions()) {
            told.add("in         " + transaction);
            verdicts(transaction, told);
        }
        return new ChatEvent.Opened(
                new Popup("Message " + id, told.stream().map(words::line).toList(), 0));
    }

    private void verdicts(TxId transaction, List<String> told) {
        try {
            messages().inspect(transaction.toString()).forEach(found -> told.add("           " + found.verdict()));
        } catch (PartylineException | UnavailableException e) {
            told.add("           " + e.getMessage());
        }
    }

    private static Instant whole(Instant time) {
        return Instant.ofEpochSecond(time.getEpochSecond());
    }

    private void search(Effect.Search wish) throws PartylineException {
        String looked = wish.words().toLowerCase(Locale.ROOT);
        List<Long> ids = messages().order(query(wish.place()));
        List<Long> found = new ArrayList<>();
        for (int end = ids.size(); end > 0 && found.size() < MOST_FOUND; end -= PAGE) {
            List<Messages.Shown> page = messages().shown(ids.subList(Math.max(0, end - PAGE), end));
            for (int i = page.size() - 1; i >= 0; i--) {
                Messages.Message message = page.get(i).message();
                if (message.text()
                        .filter(text -> text.toLowerCase(Locale.ROOT).contains(looked))
                        .isPresent()) {
                    found.add(message.id());
                }
            }
        }
        events.accept(new ChatEvent.Found(wish.place(), found, words.line(wish.words())));
    }

    /** Switches to that persona, and opens its latest conversation. */
    private void speak(String name) throws PartylineException {
        boolean known = isPersona(name);
        if (known) {
            persona = Optional.of(name);
            spoken.accept(name);
        } else {
            wanted = open.map(ConversationAddress::name);
        }
        open = Optional.empty();
        talks();
        if (!known) {
            events.accept(
                    new ChatEvent.Told(words.line("there is no persona '" + name + "': see partyline:persona-list")));
        }
    }

    /** Lists the senders heard in a channel. A member that only reads is unknown to all. */
    private void who(ConversationAddress place) throws PartylineException {
        if (place.direct()) {
            events.accept(new ChatEvent.Told("this is a conversation with one contact: /who is for channels"));
            return;
        }
        List<String> told = services
                .conversations()
                .orElseThrow(() -> new PartylineException("the message service is not running: try again shortly"))
                .participants(new Conversations.Place(Optional.of(persona()), false, place.name()))
                .stream()
                .map(one -> words.line(heard(one)))
                .toList();
        events.accept(new ChatEvent.Opened(
                new Popup("Heard in " + words.line(place.name()), told.isEmpty() ? List.of("Nobody yet.") : told, 0)));
    }

    private static String heard(Conversations.Participant one) {
        String name = one.nickname().isEmpty() ? "(no name)" : one.nickname();
        String known = one.contact()
                .map(contact -> ", signed as " + contact
                        + (one.trust().equals(Optional.of(Contacts.Trust.VERIFIED)) ? " (verified)" : " (unverified)"))
                .orElse(", unverified name");
        return name + ": " + Phrases.count(one.messages(), "message") + known
                + one.lastHeard()
                        .map(last -> ", last " + MINUTE.format(last) + " UTC")
                        .orElse("");
    }

    /** Lists the messages that are arriving in that conversation. */
    private void pieces(ConversationAddress place) {
        try {
            List<String> told = messages().incomplete().stream()
                    .filter(pieces -> Optional.of(pieces.persona()).equals(persona)
                            && pieces.direct() == place.direct()
                            && pieces.channel().equals(place.name()))
                    .map(pieces -> words.line(pieces.sender().isEmpty() ? "someone" : pieces.sender()) + " is sending: "
                            + pieces.have() + " of " + pieces.of() + " packets have arrived")
                    .toList();
            events.accept(new ChatEvent.Pieces(place, String.join("; ", told)));
        } catch (PartylineException | UnavailableException e) {
            events.accept(new ChatEvent.Pieces(place, ""));
        }
    }

    /** Other personas of this server may be in the same conversations. */
    boolean isOurs(String of) {
        return persona.filter(of::equals).isPresent();
    }

    /** Converts an event of the engine. */
    Optional<ChatEvent> event(Messages.Event event) {
        if (event.message().isPresent()) {
            Messages.Message message = event.message().get();
            ConversationAddress place = new ConversationAddress(message.direct(), message.channel());
            if (!isOurs(message.persona())) {
                return Optional.empty();
            }
            return Optional.of(
                    message.gap().isPresent()
                            ? new ChatEvent.Missing(place)
                            : new ChatEvent.Arrived(place, message.id(), !message.outgoing() && !message.notice()));
        }
        if (event.change().isPresent()) {
            Messages.Change change = event.change().get();
            ConversationAddress place = new ConversationAddress(change.direct(), change.channel());
            if (!isOurs(change.persona())) {
                return Optional.empty();
            }
            return Optional.of(
                    change.kind() == Messages.Change.Kind.PIECE
                            ? new ChatEvent.Piece(place)
                            : new ChatEvent.Changed(place, change.id()));
        }
        return event.outgoing()
                .filter(outgoing -> List.of("message", "reply").contains(outgoing.kind()) && isOurs(outgoing.persona()))
                .map(outgoing -> {
                    ConversationAddress place = new ConversationAddress(outgoing.direct(), outgoing.channel());
                    // If it was written in another console, it is new here.
                    return outgoing.state() == Messages.State.QUEUED
                                    && outgoing.parts().isEmpty()
                                    && outgoing.reason().isEmpty()
                            ? new ChatEvent.Arrived(place, outgoing.id(), false)
                            : new ChatEvent.Changed(place, outgoing.id());
                });
    }
}
