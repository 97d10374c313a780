package org.partyline.panic;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.partyline.api.PartylineException;
import org.partyline.api.UnavailableException;
import org.partyline.api.engine.Panic.Step;
import org.partyline.api.panic.Erasable;
import org.partyline.api.panic.EraseJournal;

/** Erases all data in the order of its ranks. It records what is to be erased before it erases any of it. */
final class Erasure {
    private static final Comparator<Erasable> ORDER =
            Comparator.comparingInt(Erasable::rank).thenComparing(Erasable::name);

    private final PanicServices services;
    private final EraseJournal journal;

    Erasure(PanicServices services, EraseJournal journal) {
        this.services = services;
        this.journal = journal;
    }

    /** All data, in the order of erasure; it is recorded in the journal. */
    List<Erasable> begin() {
        List<Erasable> all = services.all(Erasable.class).stream().sorted(ORDER).toList();
        try {
            journal.begin(all.stream().map(Erasable::name).collect(Collectors.toSet()));
        } catch (IOException e) {
            // A disk that cannot store a file must not prevent the erasure.
            return all;
        }
        return all;
    }

    /** Overwrites the keys on which all depends. */
    static void overwriteKeys(List<Erasable> all) {
        each(all, Erasable::overwriteKeys);
    }

    /** Prepares each; what cannot be prepared continues with what it knows. */
    static void prepare(List<Erasable> all) {
        each(all, Erasable::prepare);
    }

    private static void each(List<Erasable> all, Consumer<Erasable> step) {
        for (Erasable each : all) {
            try {
                step.accept(each);
            } catch (RuntimeException e) {
                // Its erasure follows, and reports what is wrong.
                continue;
            }
        }
    }

    /** Erases these; a failure does not stop the rest. */
    List<Step> erase(List<Erasable> all) {
        List<Step> steps = new ArrayList<>();
        for (Erasable each : all) {
            steps.add(erase(each, each::erase));
        }
        return steps;
    }

    /** As {@link #erase(List)}, after a duress passphrase. */
    void eraseQuietly(List<Erasable> all) {
        for (Erasable each : all) {
            erase(each, each::eraseQuietly);
        }
    }

    /** How data is erased. */
    @FunctionalInterface
    private interface Way {
        void go() throws PartylineException;
    }

    private Step erase(Erasable each, Way way) {
        try {
            way.go();
            done(each.name());
            return new Step(each.name(), true, "");
        } catch (PartylineException | UnavailableException e) {
            return new Step(each.name(), false, e.getMessage());
        } catch (RuntimeException | LinkageError e) {
            return new Step(each.name(), false, "it failed (" + e.getClass().getSimpleName() + "): restart the server");
        }
    }

    /** Records that one of them was erased. */
    void done(String name) {
        try {
            journal.done(name);
        } catch (IOException e) {
            // The next start erases it again, which only affects data created since.
            return;
        }
    }

    /** Whether something is still to be erased. */
    boolean isUnfinished() throws IOException {
        return !journal.pending().isEmpty();
    }

    /** The available parts of an erasure that was begun and not completed. */
    List<Erasable> unfinished() throws IOException {
        Set<String> pending = journal.pending();
        return pending.isEmpty()
                ? List.of()
                : services.all(Erasable.class).stream()
                        .filter(each -> pending.contains(each.name()))
                        .sorted(ORDER)
                        .toList();
    }
}
