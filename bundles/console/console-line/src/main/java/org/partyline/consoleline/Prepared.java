package org.partyline.consoleline;

import java.util.ArrayList;
import java.util.List;
import org.apache.karaf.shell.support.CommandException;
import org.jspecify.annotations.Nullable;

/**
 * Parsed commands, ready to run. Gogo, the language of Karaf's shell, runs them with their pipes; it gets numbers in
 * the place of names and words, so that nothing that was typed can mean something to it, or are in its events.
 */
final class Prepared {
    /** The command that runs a stage of it: {@link StageRunner}. */
    static final String RUNNER_NAME = "run";

    private static final String RUNNER = Names.SCOPE + ":" + RUNNER_NAME;
    /** Where a session keeps the one that runs. */
    static final String VARIABLE = ".partyline.line";

    /**
     * A command of a pipe.
     *
     * @param name with its scope
     * @param words without the name
     */
    record Stage(String name, List<String> words) {}

    private final List<List<Stage>> commands;
    private final @Nullable CommandException refusal;
    private int done;
    private @Nullable Object result;
    private volatile @Nullable Exception failure;

    private Prepared(List<List<Stage>> commands, @Nullable CommandException refusal) {
        this.commands = commands;
        this.refusal = refusal;
    }

    static Prepared of(List<List<Stage>> commands) {
        return new Prepared(commands, null);
    }

    /** A line that cannot run: that is said when it is run. */
    static Prepared refused(CommandException refusal) {
        return new Prepared(List.of(), refusal);
    }

    /** For Gogo. */
    String program() {
        if (refusal != null) {
            return RUNNER;
        }
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < commands.size(); i++) {
            List<String> stages = new ArrayList<>();
            for (int j = 0; j < commands.get(i).size(); j++) {
                stages.add(RUNNER + " " + i + " " + j);
            }
            lines.add(String.join(" | ", stages));
        }
        return String.join("\n", lines);
    }

    /** Why it does not run; null: it does. */
    @Nullable
    CommandException refusal() {
        return refusal;
    }

    List<Stage> command(int number) {
        return commands.get(number);
    }

    /** Notes that the last stage of a command returned without a failure. */
    synchronized void done(@Nullable Object with) {
        done++;
        result = with;
    }

    /** Whether each command was done. Gogo returns nothing, as for success, of commands whose session was closed. */
    synchronized boolean isDone() {
        return done == commands.size();
    }

    /** What the last command that was done returned. */
    synchronized @Nullable Object result() {
        return result;
    }

    /** A stage of the pipe that runs has failed, and others follow it. */
    void failed(Exception with) {
        failure = with;
    }

    /** What failed in the pipe that ends; null: nothing. */
    @Nullable
    Exception failure() {
        return failure;
    }
}
