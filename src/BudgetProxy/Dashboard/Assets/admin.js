// Adds to pages that work without it: times in the reader's zone, bars that follow by themselves, tips on charts, copying, the switch of colours.
(() => {
    'use strict';

    const full = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeStyle: 'short' });
    const day = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium' });
    const ago = new Intl.RelativeTimeFormat('en-US', { numeric: 'auto', style: 'short' });
    const units = [['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]];

    const near = at => {
        const seconds = (at - Date.now()) / 1000;
        if (Math.abs(seconds) > 30 * 86400) return day.format(at);
        const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) ?? units[3];
        return ago.format(Math.trunc(seconds / size), unit);
    };

    const tell = root => {
        for (const time of root.querySelectorAll('time[data-when]')) {
            const at = new Date(time.dateTime);
            time.textContent = time.dataset.when === 'near' ? near(at) : time.dataset.when === 'day' ? day.format(at) : full.format(at);
            time.title = full.format(at);
        }
    };

    // A region with data-live-url is fetched again and again while it can be seen. What has the same data-live key is changed where it stands, so that
    // bars move and focus stays; where parts came or went the region is replaced, unless someone is in it.
    const follow = region => {
        const every = Number(region.dataset.liveEvery ?? 1000);
        let misses = 0;
        const keys = root => [...root.querySelectorAll('[data-live]')].map(part => part.dataset.live).join('\n');
        const take = fresh => {
            if (keys(fresh) !== keys(region)) {
                if (!region.contains(document.activeElement) && !document.querySelector(':popover-open')) {
                    region.replaceChildren(...fresh.childNodes);
                    tell(region);
                }
                return;
            }
            const found = new Map([...fresh.querySelectorAll('[data-live]')].map(part => [part.dataset.live, part]));
            for (const part of region.querySelectorAll('[data-live]')) {
                const next = found.get(part.dataset.live);
                for (const { name, value } of next.attributes)
                    if (part.getAttribute(name) !== value) part.setAttribute(name, value);
                if (!next.childElementCount && part.textContent !== next.textContent) part.textContent = next.textContent;
            }
        };
        const again = async () => {
            if (document.visibilityState === 'visible') {
                try {
                    const answer = await fetch(region.dataset.liveUrl, { headers: { Accept: 'text/html' } });
                    if (answer.status === 401) return;
                    if (answer.ok) {
                        const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
                        const fresh = page.querySelector('[data-live-url]');
                        if (fresh) take(fresh);
                        misses = 0;
                    } else misses++;
                } catch {
                    misses++;
                }
            }
            setTimeout(again, every * Math.min(1 + misses, 15));
        };
        setTimeout(again, every);
    };

    const tips = () => {
        const tip = document.createElement('div');
        tip.className = 'tip';
        tip.hidden = true;
        tip.setAttribute('aria-hidden', 'true');
        document.body.append(tip);
        const show = (column, x, y) => {
            tip.replaceChildren(...column.dataset.tip.split('\n').map(line => {
                const [fill, name, value] = line.split('\t');
                const row = document.createElement('div');
                const swatch = document.createElement('span');
                swatch.className = `swatch ${fill}`;
                const label = document.createElement('span');
                label.textContent = name;
                const figure = document.createElement('b');
                figure.textContent = value;
                row.append(...(fill ? [swatch] : []), label, figure);
                return row;
            }));
            tip.hidden = false;
            tip.style.display = '';
            const width = tip.offsetWidth;
            tip.style.left = `${Math.max(8, x + 16 + width > innerWidth ? x - width - 16 : x + 16)}px`;
            tip.style.top = `${Math.max(8, Math.min(y - 20, innerHeight - tip.offsetHeight - 8))}px`;
        };
        const hide = () => { tip.hidden = true; tip.style.display = 'none'; };
        hide();
        document.addEventListener('pointermove', event => {
            const column = event.target.closest?.('[data-tip]');
            if (column) show(column, event.clientX, event.clientY); else if (!tip.hidden) hide();
        });
        document.addEventListener('scroll', hide, true);
    };

    const isDark = () => {
        const chosen = document.documentElement.dataset.theme;
        return chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    };

    const switches = () => {
        for (const form of document.querySelectorAll('form[data-theme-switch]')) {
            form.addEventListener('submit', event => {
                event.preventDefault();
                const theme = isDark() ? 'light' : 'dark';
                document.documentElement.dataset.theme = theme;
                document.cookie = `budgetproxy-theme=${theme}; Path=/admin; Max-Age=31536000; SameSite=Strict`;
            });
        }
    };

    document.addEventListener('click', async event => {
        const button = event.target.closest?.('button[data-copy]');
        if (!button) return;
        const source = document.getElementById(button.dataset.copy);
        try {
            await navigator.clipboard.writeText(source.textContent.trim());
        } catch {
            getSelection().selectAllChildren(source);
            document.execCommand('copy');
        }
        const label = button.querySelector('span');
        const before = label.textContent;
        label.textContent = 'Copied';
        setTimeout(() => { label.textContent = before; }, 2000);
    });

    // A form is sent once, however often its button is pressed. Files leave the page where it is, so their forms say data-again.
    document.addEventListener('submit', event => {
        const form = event.target;
        if (event.defaultPrevented || form.method !== 'post' || 'again' in form.dataset) return;
        if (form.dataset.sent) { event.preventDefault(); return; }
        form.dataset.sent = 'yes';
    });
    addEventListener('pageshow', () => document.querySelectorAll('form[data-sent]').forEach(form => delete form.dataset.sent));

    // A form that was refused is shown in its place in the page; here it becomes the sheet that it was.
    for (const sheet of document.querySelectorAll('.sheet[data-open]')) {
        sheet.popover = 'auto';
        sheet.showPopover();
        sheet.querySelector('[aria-invalid="true"]')?.focus();
    }

    // A link to a page with one form opens the form at the side instead.
    document.addEventListener('click', async event => {
        const link = event.target.closest?.('a[data-sheet]');
        if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
        event.preventDefault();
        try {
            const answer = await fetch(link.href, { headers: { Accept: 'text/html' } });
            const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
            const body = page.querySelector('[data-sheet-body]');
            if (!answer.ok || !body) throw new Error();
            document.getElementById('fetched-sheet')?.remove();
            const sheet = document.createElement('section');
            sheet.id = 'fetched-sheet';
            sheet.className = 'sheet';
            sheet.popover = 'auto';
            sheet.setAttribute('role', 'dialog');
            sheet.setAttribute('aria-labelledby', 'fetched-title');
            const head = document.createElement('div');
            head.className = 'sheet-head';
            const title = document.createElement('h2');
            title.id = 'fetched-title';
            title.textContent = page.querySelector('[data-sheet-title]').dataset.sheetTitle;
            const close = document.createElement('button');
            close.className = 'icon-button';
            close.type = 'button';
            close.setAttribute('aria-label', 'Close');
            close.append('✕');
            close.addEventListener('click', () => sheet.hidePopover());
            head.append(title, close);
            const content = document.createElement('div');
            content.className = 'sheet-body';
            content.append(body);
            sheet.append(head, content);
            document.getElementById('main').append(sheet);
            sheet.addEventListener('toggle', change => {
                if (change.newState === 'closed') { sheet.remove(); link.focus(); }
            });
            sheet.showPopover();
            (sheet.querySelector('[autofocus]') ?? close).focus();
        } catch {
            location.assign(link.href);
        }
    });

    for (const note of document.querySelectorAll('[data-insecure]'))
        note.hidden = isSecureContext;
    // A file that would be refused for its size is not sent at all.
    for (const input of document.querySelectorAll('input[type=file][data-most]'))
        input.addEventListener('change', () => input.setCustomValidity([...input.files].some(file => file.size > Number(input.dataset.most)) ? 'The file is larger than it may be.' : ''));
    for (const select of document.querySelectorAll('select[data-sends]'))
        select.addEventListener('change', () => select.form.requestSubmit());
    if (location.search.includes('done=')) {
        const clean = new URL(location.href);
        clean.searchParams.delete('done');
        history.replaceState(null, '', clean);
    }

    // On a phone the row of pages is wider than the screen.
    document.querySelector('.side a[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
    tell(document);
    setInterval(() => tell(document), 20000);
    document.querySelectorAll('[data-live-url]').forEach(follow);
    tips();
    switches();
})();
