package org.partyline.shell;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Wallets.Address;

/** Gives a fresh address. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "wallet-address",
        description = "Give a fresh address for one payment, as text and as QR code",
        detailedDescription = "partyline:wallet-address --persona bob")
final class WalletAddressCommand extends PartylineCommand {
    @Option(name = "--persona", description = "Whose; otherwise the current one", valueToShowInHelp = "NAME")
    @Completion(Completions.PersonaNames.class)
    private String persona;

    @Option(
            name = "--wallet",
            description = "Which wallet; may be left out when there is one",
            valueToShowInHelp = "NAME")
    @Completion(Completions.WalletNames.class)
    private String wallet;

    @Override
    void run() throws Refusal, PartylineException {
        Address address = engine().wallets().freshAddress(given(persona), given(wallet));
        print(Views.AddressView.of(address), () -> {
            console().line(console().paint(Style.BOLD, Shown.line(address.address())));
            console()
                    .paragraph("For one payment to " + Shown.line(address.persona()) + " on "
                            + address.network().label() + ", wallet " + Shown.line(address.wallet()) + ".");
            QrCode.print(console(), address.address());
        });
    }
}
