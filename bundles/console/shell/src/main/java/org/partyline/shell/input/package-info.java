/** What commands read that more than one noun has: secrets, files, networks. */
package org.partyline.shell.input;
