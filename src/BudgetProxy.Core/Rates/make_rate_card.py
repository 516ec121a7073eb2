"""Makes rate-card.json from a table of published prices: python3 make_rate_card.py prices.json > rate-card.json

The input lists USD per million tokens by provider and model. README.md beside this file describes it and every rule applied here.
All arithmetic is on fractions; the card holds whole nano-dollars per million tokens. A figure that is not whole stops the run.
"""
import json
import re
import sys
from decimal import Decimal
from fractions import Fraction

NANO = 10**9
FIELDS = {"input": "input", "cached_input": "cachedInput", "cache_write": "cacheWriteShort", "cache_write_5m": "cacheWriteShort",
          "cache_write_1h": "cacheWriteLong", "output": "output"}
ORDER = ("input", "cachedInput", "cacheWriteShort", "cacheWriteLong", "audioInput", "imageInput", "output", "audioOutput", "imageOutput")
EXPECTED_PERCENT = {"anthropic-v3": 118, "anthropic-v4.7": 155, "gemini": 108}
UNPUBLISHED_TOOL_PROMPT = 810  # Anthropic prints no figure for its newest models; above the largest printed one (804).
# The day from which a price holds, where the notes of the input say so and no date in an id does.
PRICE_SINCE = {("openai", "o3"): "2025-06-10"}
# OpenAI's 12 hour cache write, in times the input price, where a model's page prints another figure than the family's.
LONG_WRITE = {("openai", "gpt-6.1-terra"): Decimal("2.5")}


def fraction(number):
    """The decimal as printed; a figure computed in floating point upstream (1.7999999999999998) is put back to nine places."""
    return Fraction(round(Decimal(number), 9))


def nanos(value):
    scaled = value * NANO
    if scaled.denominator != 1:
        raise SystemExit(f"{value} USD is not a whole number of nano-dollars")
    return scaled.numerator


def prices(source):
    if not source:
        return None
    return {FIELDS[name]: fraction(value) for name, value in source.items() if value is not None and name in FIELDS}


def times(price_set, factor):
    return {name: value * Fraction(factor) for name, value in price_set.items()}


def with_media(model, tiers):
    """Audio and image prices: printed for the standard tier, and in the tier's own proportion to it elsewhere."""
    audio, image = model.get("audio") or {}, model.get("image") or {}
    standard = tiers["standard"]
    for tier, price_set in tiers.items():
        ratio = price_set["input"] / standard["input"] if standard["input"] else 1
        printed = {"audioInput": audio.get("input"), "audioOutput": audio.get("output"), "imageInput": image.get("input")}
        for name, value in printed.items():
            if value is not None:
                price_set[name] = fraction(value) * ratio
        if image.get("output") is not None:  # The answer of an image model is the image, unless its text has a price too.
            name = "imageOutput" if (model.get("standard") or {}).get("output") is not None else "output"
            price_set[name] = fraction(image["output"]) * ratio


def with_long_write(model, tiers):
    multiple = LONG_WRITE.get((model["provider"], model["id"]), (model.get("cache") or {}).get("write_multiplier_12h"))
    for price_set in tiers.values():
        if multiple and "cacheWriteShort" in price_set:
            price_set["cacheWriteLong"] = price_set["input"] * Fraction(multiple)


def tiers_of(model):
    standard = prices(model.get("standard"))
    if standard is None:
        return None, None
    standard.setdefault("output", Fraction(0))
    if model["id"].startswith("amazon.nova"):
        standard["cacheWriteShort"] = standard["input"] * 2
    tiers = {"standard": standard}
    batch = model.get("batch")
    if batch and model["provider"] == "bedrock":
        tiers["batch"] = times(standard, Fraction(1, 2))
    elif batch:
        tiers["batch"] = {"output": Fraction(0)} | prices(batch)
    if model.get("flex"):
        tiers["flex"] = prices(model["flex"])
    fast = model.get("fast_priority") or model.get("fast")
    if fast:
        tiers["fast"] = prices(fast)
    elif model.get("priority_multiplier"):
        tiers["fast"] = times(standard, model["priority_multiplier"])
    with_media(model, tiers)
    with_long_write(model, tiers)
    return tiers, long_tiers(model, tiers)


def long_tiers(model, tiers):
    source = model.get("long_context")
    if not source:
        return None
    result = {"standard": prices(source["standard"])}
    for tier, key in (("batch", "batch"), ("flex", "batch"), ("fast", "fast_priority")):
        if tier not in tiers:
            continue
        if source.get(key):
            result[tier] = prices(source[key])
        elif key not in source:  # Not printed: multipliers stack. Printed as "none": not offered, so billed as standard.
            ratio = tiers[tier]["input"] / tiers["standard"]["input"]
            result[tier] = times(result["standard"], ratio)
    with_long_write(model, result)
    return {"threshold": source["threshold_tokens"], "tiers": result}


def scaled(tiers, now, then):
    """All tiers of an earlier or later period: only its standard prices are printed, the others keep their proportion."""
    ratios = {FIELDS[name]: fraction(value) / now[FIELDS[name]] for name, value in then.items() if name in FIELDS}
    ratios["cacheWriteLong"] = ratios.get("cacheWriteLong", ratios["input"])
    return {tier: {name: value * ratios[name] for name, value in price_set.items()} for tier, price_set in tiers.items()}


def dates(text):
    found = re.findall(r"(?<!\d)(20\d\d)-?([01]\d)-?([0-3]\d)(?!\d)", text) + [
        (y, m, "01") for y, m in re.findall(r"(?<!\d)(20\d\d)-([01]\d)(?!-?\d)", text)]
    return sorted("-".join(parts) for parts in found)


def effective_from(model, sources, compiled):
    since = PRICE_SINCE.get((model["provider"], model["id"]))
    released = re.search(r"Released (\d{4}-\d\d-\d\d)", model.get("notes") or "")
    candidates = (
        [since] if since else [],
        dates(model["id"]),
        dates(" ".join(model["aliases"])),
        [released.group(1)] if released else [],
        sorted(day for key in model["sources"] for day in (dates(key) or dates(sources[key]))),
    )
    first = next((days[0] for days in candidates if days), compiled)
    return min(first, compiled)


def vision(source):
    if not source:
        return None
    rule = {"scheme": {"tile": "tile", "patch32": "patch32", "claude_patch28": "claudePatch28"}[source["scheme"]]}
    if source["scheme"] == "tile":
        rule |= {"base": source["base"], "tile": source["tile"]}
    elif source["scheme"] == "patch32":
        original = source.get("original") or {}
        rule |= {"multiplierPercent": int(fraction(source["multiplier"]) * 100), "highPatchBudget": source["high_patch_budget"],
                 "highMaxSide": source["high_max_dim"], "originalPatchBudget": original.get("patch_budget"),
                 "originalMaxSide": original.get("max_dim"), "autoIsOriginal": source["auto_equals"] == "original"}
    else:
        rule |= {"maxEdge": source["max_edge"], "maxTokens": source["max_tokens"]}
    return present(rule)


def family_vision(model):
    """Gemini's image rules, which its price tables don't hold: tiles of 258 tokens (2.x), a budget a resolution (3.x: 1,120 unless the call says, 2,240 at most)."""
    if model["mode"] != "chat" or not model["id"].startswith("gemini-"):
        return None
    return {"scheme": "geminiTile768", "tile": 258} if model["id"].startswith("gemini-2") else {"scheme": "budget", "base": 1120, "maxTokens": 2240}


def present(row):
    return {name: value for name, value in row.items() if value not in (None, False, [], {})}


def profile(model, kin):
    """How the model's input is counted. `kin` is the maker's own row of the same model, for resellers that print no details."""
    tokenizer = model.get("tokenizer")
    if not tokenizer:
        return {}
    limits, encoding = model.get("limits") or {}, tokenizer.get("fallback") or tokenizer["name"]
    max_input = limits.get("max_input")
    if model["mode"] == "embedding":  # Its own limit is for one of up to 2,048 inputs.
        max_input = model.get("max_tokens_per_request")
    if (model.get("long_context") or {}).get("legacy_beta_only"):  # A beta header raises the window.
        max_input = 1_000_000
    claude = tokenizer["name"].startswith("anthropic")
    system = model.get("tool_use_system_tokens") or kin.get("tool_use_system_tokens") or (
        {"auto_none": UNPUBLISHED_TOOL_PROMPT, "any_tool": UNPUBLISHED_TOOL_PROMPT} if claude else {})
    cache = model.get("cache") or kin.get("cache") or {}
    family = re.match(r"(ft:)?(o[134]|gpt-[5-9]|chat-latest|gemini-[2-9].*-(pro|flash))", model["id"])
    return present({
        "encoding": "cl100kBase" if encoding == "cl100k_base" else "o200kBase",
        "exactEncoding": tokenizer["exact"],
        "safetyPercent": int(fraction(tokenizer["safety_multiplier"]) * 100),
        "expectedPercent": EXPECTED_PERCENT.get(tokenizer["name"]),
        "reasoning": bool(family) and model["mode"] in ("chat", "responses"),
        "legacyToolCosts": re.match(r"gpt-(4(-turbo)?|3\.5-turbo)$", model["id"]) is not None,
        "maxInput": max_input,
        "maxOutput": limits.get("max_output"),
        "toolSystemTokens": system.get("auto_none"),
        "forcedToolSystemTokens": system.get("any_tool"),
        "minCachedPrefix": cache.get("min_tokens"),
        "cachedStep": cache.get("report_round_down") if cache.get("report_round_down") != 1 else None,
        "vision": vision(model.get("vision") or kin.get("vision")) or family_vision(model),
    })


def tool_call(model, tools):
    """Fee of one web search."""
    per_thousand = model.get("search_per_1k")
    if per_thousand is None and model["mode"] in ("chat", "responses", "messages") and model["provider"] in tools:
        per_thousand = tools[model["provider"]].get("web_search_per_1k")
    return nanos(fraction(per_thousand) / 1000) if per_thousand else None


def tool_fee(model, tools, name, units):
    """Another tool's fee: the table's price of so many units."""
    price = tools.get(model["provider"], {}).get(name) if model["mode"] in ("chat", "responses", "messages") else None
    if isinstance(price, dict):
        price = price["1GB"]
    return round(fraction(price) / units * NANO) if price else None


def rows_of(model, table, kin):
    tiers, long_context = tiers_of(model)
    regional = model.get("regional_multiplier") or model.get("us_inference_geo_multiplier")
    notes = " ".join(text for text in (model.get("notes"), model.get("regional_rule")) if text)
    row = {
        "provider": model["provider"],
        "model": model["id"],
        "aliases": model["aliases"],
        "effectiveFrom": effective_from(model, table["sources"], table["compiled"]),
        "matchesFineTunes": model.get("match") == "prefix",
        "mode": model["mode"],
        "status": model["status"],
        "tokens": tiers,
        "longContext": long_context,
        "autoCacheWrite": model["provider"] in ("openai", "azure") and bool(tiers) and "cacheWriteShort" in tiers["standard"],
        "regionalPercent": int(fraction(regional) * 100) if regional not in (None, 1) else None,
        "toolCall": tool_call(model, table["tools"]),
        "fileSearch": tool_fee(model, table["tools"], "file_search_per_1k", 1000),
        "codeSession": tool_fee(model, table["tools"], "container_20min", 1) or tool_fee(model, table["tools"], "code_execution_hour_per_container", 12),
        "requestFee": tool_call(model, table["tools"]) if model["id"] == "gpt-5-search-api" else None,
        "perMinute": nanos(fraction(model["per_minute"])) if model.get("per_minute") else None,
        "perMillionCharacters": nanos(fraction(model["per_1m_characters"])) if model.get("per_1m_characters") else None,
        "profile": profile(model, kin),
        "sources": [table["sources"][key].replace("docs corpus", "stored copy") for key in model["sources"]],
        "confidence": model["confidence"],
        "notes": notes or None,
    }
    history = model.get("price_history")
    if not history:
        return [row]
    now = tiers["standard"]
    result = []
    for period in history:
        then = dict(row, tokens=scaled(tiers, now, period))
        if long_context:
            then["longContext"] = dict(long_context, tiers=scaled(long_context["tiers"], now, period))
        if period["from"]:
            then["effectiveFrom"] = period["from"]
        result.append(then)
    return result


def written(row):
    def amounts(tiers):
        return {tier: {name: nanos(price_set[name]) for name in ORDER if name in price_set} for tier, price_set in tiers.items()}

    row = dict(row, effectiveFrom=row["effectiveFrom"] + "T00:00:00Z")
    if row["tokens"]:
        row["tokens"] = amounts(row["tokens"])
    if row["longContext"]:
        row["longContext"] = {"threshold": row["longContext"]["threshold"], "prices": amounts(row["longContext"]["tiers"])}
    kept = present(row)
    kept.setdefault("profile", {})
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        table = json.load(file, parse_float=Decimal)
    makers = {}
    for model in table["models"]:
        if model["provider"] == "openai":
            makers["azure", model["id"]] = model
        for name in model.get("bedrock_ids", []):
            makers["bedrock", name] = model
    rows = [row for model in table["models"] for row in rows_of(model, table, makers.get((model["provider"], model["id"]), {}))]
    print('{"compiled":"%s","rates":[' % table["compiled"])
    print(",\n".join(written(row) for row in rows))
    print("]}")


main()
