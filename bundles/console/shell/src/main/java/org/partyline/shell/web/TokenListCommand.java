package org.partyline.shell.web;

import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Conversations.Selection;
import org.partyline.api.web.Scope;
import org.partyline.api.web.WebToken;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Table;
import org.partyline.shell.output.Units;
import org.partyline.shell.spi.Needs;

/** Lists tokens. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "token-list",
        description = "List the tokens of programs, with their scopes and last use",
        detailedDescription = "partyline:token-list")
@Needs(Role.OPERATE)
final class TokenListCommand extends PartylineCommand {
    @Override
    protected void run() throws CommandError, PartylineException {
        List<WebToken> tokens = engine().webAccess().tokens();
        print(new Document(tokens.stream().map(TokenView::of).toList()), () -> table(tokens));
    }

    private void table(List<WebToken> tokens) {
        Table table = new Table()
                .column("NAME")
                .words("SCOPES")
                .words("CONVERSATIONS")
                .number("SAT A DAY")
                .time("EXPIRES (UTC)")
                .time("LAST USED (UTC)");
        for (WebToken token : tokens) {
            boolean expired = token.expires()
                    .filter(time -> !clock().instant().isBefore(time))
                    .isPresent();
            table.row(
                    Table.Cell.of(token.name(), Style.BOLD),
                    String.join(
                            ", ",
                            token.scopes().stream().sorted().map(Scope::word).toList()),
                    conversations(token.seen()),
                    token.dailySat().isPresent() ? token.dailySat().getAsLong() : "-",
                    token.expires()
                            .map(time -> Units.time(time) + (expired ? " (expired)" : ""))
                            .orElse("never"),
                    token.lastUsed().map(Units::time).orElse("never"));
        }
        table.print(console(), "No tokens yet: create one with partyline:token-create NAME --scope read,send.");
    }

    private static String conversations(Selection seen) {
        return seen.ids().isEmpty()
                ? "all"
                        + seen.persona()
                                .map(name -> " of " + Sanitizer.line(name))
                                .orElse("")
                : String.join(
                        ", ", seen.ids().stream().sorted().map(Sanitizer::line).toList());
    }

    record Document(List<TokenView> tokens) {}
}
