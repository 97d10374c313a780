package org.partyline.consoleline;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.karaf.shell.support.CommandException;
import org.jspecify.annotations.Nullable;

/**
 * Parsed commands, ready to run. Gogo, the language of Karaf's shell, runs them with their pipes. It receives numbers
 * instead of names and words, so that typed text is never interpreted by it, nor contained in its events.
 */
final class Prepared {
    /** The command that runs one stage: {@link StageRunner}. */
    static final String RUNNER_NAME = "run";

    private static final String RUNNER = Names.SCOPE + ":" + RUNNER_NAME;
    /** The session variable with the running instance. */
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
    /** By the number of the command, and of the stage. */
    private final TreeMap<Integer, TreeMap<Integer, Integer>> statuses = new TreeMap<>();

    private final Map<Integer, TreeMap<Integer, CommandException>> failures = new HashMap<>();

    private Prepared(List<List<Stage>> commands, @Nullable CommandException refusal) {
        this.commands = commands;
        this.refusal = refusal;
    }

    static Prepared of(List<List<Stage>> commands) {
        return new Prepared(commands, null);
    }

    /** Returns a line that cannot run: the error is reported when it is run. */
    static Prepared refused(CommandException refusal) {
        return new Prepared(List.of(), refusal);
    }

    /** Returns the program for Gogo. */
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

    /** Returns why it does not run; null if it does. */
    @Nullable
    CommandException refusal() {
        return refusal;
    }

    List<Stage> command(int number) {
        return commands.get(number);
    }

    /** Called when the last stage of a command returned without a failure. */
    synchronized void done(@Nullable Object with) {
        done++;
        result = with;
    }

    /**
     * Returns whether every command completed. For commands whose session was closed, Gogo returns nothing, as for
     * success.
     */
    synchronized boolean isDone() {
        return done == commands.size();
    }

    /**
     * Returns the result of the last command. A status other than 0 of an earlier one, or of the first such stage of a
     * pipe, replaces it: no later success hides a failure.
     */
    synchronized @Nullable Object result() {
        return statuses.isEmpty()
                ? result
                : statuses.lastEntry().getValue().firstEntry().getValue();
    }

    /** Called when a stage has returned a result. */
    synchronized void returned(int command, int stage, @Nullable Object with) {
        if (with instanceof Integer status && status != 0) {
            statuses.computeIfAbsent(command, none -> new TreeMap<>()).put(stage, status);
        }
    }

    /** Called when a stage has failed. */
    synchronized void failed(int command, int stage, CommandException with) {
        failures.computeIfAbsent(command, none -> new TreeMap<>()).put(stage, with);
    }

    /** Returns the failure of the first stage of a command that failed until now; null if there is none. */
    synchronized @Nullable CommandException failure(int command) {
        TreeMap<Integer, CommandException> all = failures.get(command);
        return all == null ? null : all.firstEntry().getValue();
    }
}
